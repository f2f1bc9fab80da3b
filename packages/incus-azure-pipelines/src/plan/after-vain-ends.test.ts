import { describe, expect, test } from 'vitest';
import { aFailure, agentsIn, count, planned, targets } from '../../test/planned.js';
import { aLife, anAgent, aPool, NOW, nameOf } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Failure } from '../model/observed.js';

const spec = aPool({ agentCount: 4, reserve: 1 });

function starting(n: number, msAgo: number): Agent {
  return anAgent(n, 'starting', { since: NOW - msAgo, life: aLife() });
}

describe('after an agent that ended before it was online', () => {
  const after = (failure: Failure, agents: readonly Agent[], inFlight: readonly Action[] = []) =>
    planned(spec, agents, { failures: new Map([['register-agent/linux', failure]]), inFlight });

  test('none is activated before its pause is over', () => {
    const result = after(aFailure(NOW + 1), agentsIn('prepared', 'prepared'));
    expect([count(result, 'activate-agent'), result.wakeAt]).toEqual([0, NOW + 1]);
    expect(result.pools.get('linux')?.waiting).toBe('disk full');
  });

  test('one alone is activated', () => {
    expect(targets(after(aFailure(NOW), agentsIn('prepared', 'prepared')), 'activate-agent')).toEqual([nameOf(0)]);
    const activation = {
      kind: 'activate-agent',
      pool: 'linux',
      name: nameOf(0),
      agentVersion: '',
      reason: '',
    } as const;
    expect(count(after(aFailure(NOW), agentsIn('prepared', 'prepared'), [activation]), 'activate-agent')).toBe(0);
  });

  test('and one that starts is waited for, the longer the more have ended so in a row', () => {
    const next = (inARow: number, msAgo: number) =>
      count(
        after({ ...aFailure(NOW), count: inARow }, [...agentsIn('prepared'), starting(1, msAgo)]),
        'activate-agent',
      );
    expect([next(1, 29_999), next(1, 30_000)]).toEqual([0, 1]);
    expect([next(3, 119_999), next(3, 120_000)]).toEqual([0, 1]);
  });
});

describe('after an instance that ended before it was an agent', () => {
  const after = (failure: Failure, agents: readonly Agent[], inFlight: readonly Action[] = []) =>
    planned(spec, agents, { failures: new Map([['prepare-instance/linux', failure]]), inFlight });

  test('none is created before its pause is over', () => {
    const result = after(aFailure(NOW + 1), []);
    expect([count(result, 'create-instance'), result.wakeAt]).toEqual([0, NOW + 1]);
    expect(result.pools.get('linux')?.waiting).toBe('disk full');
  });

  test('one alone is created, and prepared', () => {
    expect(count(after(aFailure(NOW), []), 'create-instance')).toBe(1);
    expect(count(after(aFailure(NOW), agentsIn('preparing')), 'create-instance')).toBe(0);
    const name = nameOf(9);
    const creation = {
      kind: 'create-instance',
      pool: 'linux',
      name,
      base: 'base-1',
      docker: false,
      reason: '',
    } as const;
    expect(count(after(aFailure(NOW), [], [creation]), 'create-instance')).toBe(0);
  });

  test('what is prepared becomes an agent all the same', () => {
    expect(count(after(aFailure(NOW + 1), agentsIn('prepared', 'prepared')), 'activate-agent')).toBe(2);
  });
});
