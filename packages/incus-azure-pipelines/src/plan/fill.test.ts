import { describe, expect, test } from 'vitest';
import { aFailure, agentsIn, count, planned, targets } from '../../test/planned.js';
import { anAgent, anInstance, aPool, known, NOW, nameOf, OWNER } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { AgentPhase } from '../model/agent.js';
import { birthOf } from '../model/agent-name.js';
import type { PoolSpec } from '../model/pool.js';

describe('filling up', () => {
  test.each<[string, Partial<PoolSpec>, AgentPhase[], { activate: number; create: number }]>([
    ['an empty pool', {}, [], { activate: 0, create: 2 }],
    ['an empty pool with a reserve', { reserve: 1 }, [], { activate: 0, create: 3 }],
    ['from the reserve', { reserve: 1 }, ['idle', 'prepared'], { activate: 1, create: 1 }],
    ['a full pool', {}, ['idle', 'busy'], { activate: 0, create: 0 }],
    ['counting what starts', {}, ['idle', 'starting'], { activate: 0, create: 0 }],
    ['counting what drains', {}, ['idle', 'draining'], { activate: 0, create: 0 }],
    ['counting what is offline', {}, ['idle', 'offline'], { activate: 0, create: 0 }],
    ['counting what Incus cannot read', {}, ['idle', 'unclear'], { activate: 0, create: 0 }],
    ['counting what is being prepared', {}, ['idle', 'preparing'], { activate: 0, create: 0 }],
    ['not counting what is finished', {}, ['idle', 'finished'], { activate: 0, create: 1 }],
    ['not counting what stopped', {}, ['idle', 'stopped'], { activate: 0, create: 1 }],
    ['not counting orphans', {}, ['idle', 'orphan'], { activate: 0, create: 1 }],
    ['a pool of no agents', { agentCount: 0 }, [], { activate: 0, create: 0 }],
  ])('%s', (_, given, phases, expected) => {
    const result = planned(aPool(given), agentsIn(...phases));
    expect({ activate: count(result, 'activate-agent'), create: count(result, 'create-instance') }).toEqual(expected);
  });

  test('activates the oldest first', () => {
    const result = planned(aPool({ reserve: 2 }), [anAgent(5, 'prepared'), anAgent(3, 'prepared'), anAgent(4, 'idle')]);
    expect(targets(result, 'activate-agent')).toEqual([nameOf(3)]);
  });

  test('activates none so soon after a guest that could not register its agent, and says why', () => {
    const failures = new Map([['register-agent/linux', aFailure(NOW + 500)]]);
    const result = planned(aPool(), agentsIn('prepared', 'prepared'), { failures });
    expect(result).toMatchObject({ actions: [], wakeAt: NOW + 500 });
    expect(result.pools.get('linux')?.waiting).toBe('disk full');
  });

  test('activates no instance of another base', () => {
    const old = anAgent(0, 'prepared', {
      instance: anInstance({ status: 'ready', base: 'base-0', activatedAt: undefined }),
    });
    expect(count(planned(aPool({ agentCount: 1 }), [old]), 'activate-agent')).toBe(0);
  });

  test('counts what is under way: no second activation, no second creation', () => {
    const inFlight: Action[] = [
      { kind: 'activate-agent', pool: 'linux', name: nameOf(0), agentVersion: '', reason: '' },
      { kind: 'create-instance', pool: 'linux', name: nameOf(9), base: 'base-1', docker: false, reason: '' },
    ];
    expect(planned(aPool(), agentsIn('prepared'), { inFlight }).actions).toEqual([]);
  });

  test.each(['draining', 'offline'] as const)('counts on no activation whose agent is %s already', phase => {
    const inFlight: Action[] = [
      { kind: 'activate-agent', pool: 'linux', name: nameOf(2), agentVersion: '', reason: '' },
    ];
    const queued = new Map([['linux', known(1)]]);
    const spec = aPool({ agentCount: 4, standby: 1 });
    const result = planned(spec, agentsIn('busy', 'idle', phase), { inFlight, queued });
    expect(count(result, 'create-instance')).toBe(1);
  });

  test('counts on no agent for what waits that has a job before its activation is over', () => {
    const inFlight: Action[] = [
      { kind: 'activate-agent', pool: 'linux', name: nameOf(1), agentVersion: '', reason: '' },
    ];
    const queued = new Map([['linux', known(1)]]);
    const spec = aPool({ agentCount: 4, standby: 1, reserve: 0 });
    expect(count(planned(spec, agentsIn('busy', 'busy'), { inFlight, queued }), 'create-instance')).toBe(2);
  });

  test('gives every newborn a name that no other has', () => {
    const inFlight: Action[] = [
      {
        kind: 'create-instance',
        pool: 'other',
        name: `host-${OWNER}-${(NOW + 1).toString(36)}`,
        base: 'b',
        docker: false,
        reason: '',
      },
    ];
    const births = targets(planned(aPool(), [], { inFlight }), 'create-instance').map(name => birthOf(name, OWNER));
    expect(births).toEqual([NOW, NOW + 2]);
  });
});
