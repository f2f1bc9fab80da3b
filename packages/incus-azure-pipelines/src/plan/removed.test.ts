import { describe, expect, test } from 'vitest';
import { planned } from '../../test/planned.js';
import {
  aLife,
  anAgent,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import type { Agent, AgentPhase } from '../model/agent.js';

const spec = aPool({ agentCount: 0 });

/** The plan for an agent whose pool is gone. */
function done(phase: AgentPhase, given: Partial<Agent> = {}): string[] {
  return planned(spec, [anAgent(0, phase, { pool: 'gone', ...given })]).actions.map(action => action.kind);
}

describe('of a pool that is gone', () => {
  test.each<[AgentPhase, string[]]>([
    ['preparing', ['delete-instance']],
    ['prepared', ['delete-instance']],
    ['starting', []],
    ['idle', ['disable-agent']],
    ['busy', ['disable-agent']],
    ['draining', []],
  ])('one that is %s', (phase, expected) => {
    expect(done(phase, { since: NOW })).toEqual(expected);
  });

  test('an agent is drained with the proof that any other needs', () => {
    const registration = known(aRegistration({ enabled: false }));
    const disabled = (ms: number) => aLife({ seenOnline: true, quietDisabled: { from: NOW - ms, to: NOW } });
    expect(done('draining', { registration, life: disabled(4_999) })).toEqual([]);
    expect(done('draining', { registration, life: disabled(5_000) })).toEqual(['delete-registration']);
  });

  test('a busy agent is never ended', () => {
    const result = planned(spec, [anAgent(0, 'busy', { pool: 'gone' })]);
    expect(result.actions).toMatchObject([{ name: nameOf(0), pool: 'gone', reason: 'has its one job' }]);
  });

  test('no job is ended by the limit of another pool', () => {
    const limited = { ...spec, timeouts: { ...spec.timeouts, maxJobMs: 1 } };
    const registration = known(aRegistration({ enabled: false, assigned: JOB }));
    const life = aLife({ seenOnline: true, requestSince: NOW - 3_600_000 });
    const busy = anAgent(0, 'busy', { pool: 'gone', registration, life });
    const warned = new Map([[busy.name, NOW - 3_000_000]]);
    expect(
      planned(limited, [{ ...busy, pool: 'linux' }], { warned, collected: new Set([busy.name]) }).actions,
    ).toMatchObject([{ kind: 'delete-instance' }]);
    expect(planned(limited, [busy], { warned }).actions).toEqual([]);
  });

  test.each<AgentPhase>(['starting', 'finished', 'unclear', 'offline', 'idle', 'busy'])(
    'one that is %s is left to itself where nobody reads its agent pool',
    phase => {
      const kinds = done(phase, { agentPool: undefined, registration: unknown(), since: 0 });
      expect(kinds.filter(kind => kind !== 'collect-log')).toEqual([]);
    },
  );

  test('one that has stopped and is still there is deleted, whoever reads its agent pool', () => {
    const life = aLife({ quietStopped: { from: NOW - 60_000, to: NOW } });
    expect(done('stopped', { agentPool: undefined, registration: unknown(), life })).toEqual(['delete-instance']);
  });

  test('the calls to Azure name the agent pool that they are for', () => {
    const idle = anAgent(0, 'idle', { pool: 'gone' });
    expect(planned(spec, [idle]).actions).toMatchObject([{ agentPool: idle.agentPool }]);
  });
});
