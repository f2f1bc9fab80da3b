import { describe, expect, test } from 'vitest';
import {
  aLife,
  anAgent,
  anObserved,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import { Alarm } from './alarm.js';
import { reap } from './reap.js';

const MAX_MS = 600_000;
const AHEAD_MS = MAX_MS / 10;

function reaped(agent: Agent, warnedAt: number | undefined, limit: { readonly maxJobMs?: undefined } = {}) {
  const alarm = new Alarm(NOW);
  const spec = aPool({ timeouts: { ...aPool().timeouts, maxJobMs: MAX_MS, ...limit } });
  const warned = new Map(warnedAt === undefined ? [] : [[agent.name, warnedAt]]);
  const actions: readonly Action[] = [...reap(spec, agent, anObserved([agent], { warned }), alarm)];
  return { kinds: actions.map(({ kind }) => kind), actions, wakeAt: alarm.at };
}

/** An agent that was seen with its job so long ago. */
function busy(msAgo: number, given: Partial<Agent> = {}): Agent {
  const registration = known(aRegistration({ enabled: false, assigned: JOB }));
  const life = aLife({ requestId: JOB.requestId, requestSince: NOW - msAgo });
  return anAgent(0, 'busy', { life, registration, ...given });
}

describe('a job that runs too long', () => {
  test('is warned of before its end, and not a moment too early', () => {
    expect(reaped(busy(MAX_MS - AHEAD_MS - 1), undefined)).toMatchObject({ kinds: [], wakeAt: NOW + 1 });
    expect(reaped(busy(MAX_MS - AHEAD_MS), undefined).actions).toMatchObject([
      { kind: 'warn-of-end', name: nameOf(0), dueAt: NOW + AHEAD_MS },
    ]);
  });

  test('is ended with its agent, for a reason of its own', () => {
    expect(reaped(busy(MAX_MS - 1), NOW - AHEAD_MS + 1)).toMatchObject({ kinds: [], wakeAt: NOW + 1 });
    expect(reaped(busy(MAX_MS), NOW - AHEAD_MS).actions).toMatchObject([
      { kind: 'delete-instance', reason: 'its job ran longer than maxJobDuration' },
    ]);
  });

  test('is not ended without the time that the warning promised, however late that came', () => {
    expect(reaped(busy(10 * MAX_MS), undefined).kinds).toEqual(['warn-of-end']);
    expect(reaped(busy(10 * MAX_MS), NOW - 1)).toMatchObject({ kinds: [], wakeAt: NOW - 1 + AHEAD_MS });
  });

  test('goes on where nobody has set a limit', () => {
    expect(reaped(busy(1_000 * MAX_MS), 0, { maxJobMs: undefined })).toMatchObject({ kinds: [], wakeAt: undefined });
  });

  test('is timed from when it was taken', () => {
    const registration = known(aRegistration({ assigned: { ...JOB, received: false } }));
    expect(reaped(busy(10 * MAX_MS, { registration }), 0).kinds).toEqual(['disable-agent']);
  });

  test('goes on while Azure is unread', () => {
    expect(reaped(busy(10 * MAX_MS, { registration: unknown() }), 0).kinds).toEqual([]);
  });

  test.each<AgentPhase>(['idle', 'draining', 'starting', 'prepared'])(
    'is no reason to end an agent that is %s',
    phase => {
      const life = aLife({ requestId: JOB.requestId, requestSince: NOW - 10 * MAX_MS });
      expect(reaped(anAgent(0, phase, { life }), 0).actions.map(({ reason }) => reason)).not.toContain(
        'its job ran longer than maxJobDuration',
      );
    },
  );
});
