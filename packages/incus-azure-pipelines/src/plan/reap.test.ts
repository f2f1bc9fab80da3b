import { describe, expect, test } from 'vitest';
import { reapedKinds as kinds, reaped } from '../../test/reaped.js';
import {
  aLife,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import type { Agent, AgentPhase, Life, Registration } from '../model/agent.js';
import { plan } from './plan.js';

const { timeouts } = aPool();

/** The kinds of all that is done about this agent in a pass. */
function planned(agent: Agent): string[] {
  const pool = aPool({ agentCount: 0, standby: 0 });
  return plan([pool], anObserved([agent]), NOW, { maxConcurrentCreates: 1 }).actions.map(({ kind }) => kind);
}

/** Readings have agreed for long. */
const quiet = { from: NOW - 500_000, to: NOW };

describe('an agent that is needed', () => {
  test.each<AgentPhase>(['preparing', 'prepared', 'idle', 'busy'])('is left alone while %s', phase => {
    const agent = anAgent(0, phase);
    const fenced = { ...agent, registration: known(aRegistration({ enabled: false, assigned: JOB })) };
    expect(kinds(phase === 'busy' ? fenced : { ...agent, since: NOW })).toEqual([]);
  });

  const everyPhase: readonly AgentPhase[] = ['starting', 'busy', 'draining', 'offline', 'finished', 'unclear'];
  test.each(everyPhase)('keeps its job whatever else is true of it: %s', phase => {
    const registration = aRegistration({ enabled: false, online: false, assigned: JOB });
    const life = aLife({ seenStarted: true, quietDisabled: quiet, quietOffline: quiet, requestId: 41 });
    expect(kinds(anAgent(0, phase, { since: NOW - 9_000_000, life, registration: known(registration) }))).toEqual([]);
  });

  test.each(everyPhase)('is left alone while Azure is unread: %s', phase => {
    const life = aLife({ quietDisabled: quiet, quietOffline: quiet });
    expect(kinds(anAgent(0, phase, { since: NOW - 9_000_000, life, registration: unknown() }))).toEqual([]);
  });
});

describe('an agent that never came online', () => {
  const { startupGraceMs } = timeouts;
  const active = (msAgo: number, given: Partial<Life> = {}) => ({
    life: aLife({ activeSince: NOW - msAgo, ...given }),
  });

  test('has until its grace is over', () => {
    expect(reaped(anAgent(0, 'starting', active(startupGraceMs - 5)))).toEqual({ actions: [], wakeAt: NOW + 5 });
  });

  test('is deleted when Azure has not known it for two readings', () => {
    expect(kinds(anAgent(0, 'starting', active(startupGraceMs)))).toEqual([]);
    const unknownToAzure = active(startupGraceMs, { quietAbsent: quiet });
    expect(kinds(anAgent(0, 'starting', unknownToAzure))).toEqual(['delete-instance']);
  });

  test.each([-3_600_000, 3_600_000])('has its grace though the mark on it is %d ms off, as after a set clock', off => {
    const instance = anInstance({ activatedAt: NOW + off });
    const early = active(startupGraceMs - 1, { quietAbsent: quiet });
    const late = active(startupGraceMs, { quietAbsent: quiet });
    expect(kinds(anAgent(0, 'starting', { instance, ...early }))).toEqual([]);
    expect(kinds(anAgent(0, 'starting', { instance, ...late }))).toEqual(['delete-instance']);
  });

  test('is drained when it is registered', () => {
    const registration = known(aRegistration({ online: false }));
    expect(kinds(anAgent(0, 'starting', { registration, ...active(startupGraceMs) }))).toEqual(['disable-agent']);
  });
});

describe('drain', () => {
  test('deregisters only after two readings, five seconds apart', () => {
    const draining = (ms: number) =>
      anAgent(0, 'draining', { life: aLife({ quietDisabled: { from: NOW - ms, to: NOW } }) });
    expect(kinds(anAgent(0, 'draining'))).toEqual([]);
    expect(reaped(draining(4_999))).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(draining(5_000))).toEqual(['delete-registration']);
  });

  test('goes on for the reason for which it began, and says so where it began elsewhere', () => {
    const draining = anAgent(0, 'draining', { life: aLife({ quietDisabled: quiet }) });
    const reason = (disabled: ReadonlyMap<string, string>) => reaped(draining, { disabled }).actions[0]?.reason;
    expect(reason(new Map([[nameOf(0), 'above target']]))).toBe('above target');
    expect(reason(new Map())).toBe('it is disabled in Azure, and not by this daemon');
  });

  test('does not count the time since the last reading as proof', () => {
    const life = aLife({ quietDisabled: { from: NOW - 60_000, to: NOW - 58_000 } });
    expect(reaped(anAgent(0, 'draining', { life }))).toEqual({ actions: [], wakeAt: undefined });
  });

  test('begins for an agent that has been offline for its grace', () => {
    const offline = (ms: number) => anAgent(0, 'offline', { since: NOW - ms });
    expect(reaped(offline(timeouts.offlineGraceMs - 1))).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(offline(timeouts.offlineGraceMs))).toEqual(['disable-agent']);
  });
});

describe('an agent that Incus reads as Error', () => {
  const unclear = (given: Partial<Agent>) => anAgent(0, 'unclear', given);

  test('is left alone while Azure has it', () => {
    expect(kinds(unclear({ life: aLife({ seenOnline: true }) }))).toEqual([]);
  });

  test('is drained when Azure has lost it for the offline grace', () => {
    const lost = (ms: number) => aLife({ seenOnline: true, quietOffline: { from: NOW - ms, to: NOW } });
    expect(kinds(unclear({ life: lost(timeouts.offlineGraceMs - 1) }))).toEqual([]);
    expect(kinds(unclear({ life: lost(timeouts.offlineGraceMs) }))).toEqual(['disable-agent']);
  });

  test('has the time to come online for the first time, however long it was prepared before', () => {
    const instance = anInstance({ status: 'error' });
    const life = aLife({ activeSince: NOW - 2_000, quietOffline: { from: NOW - 3_600_000, to: NOW } });
    expect(kinds(unclear({ instance, life, registration: known(undefined) }))).toEqual([]);
  });
});

describe('a finished agent', () => {
  const finished = (msAgo: number, given: Partial<Agent> = {}) =>
    anAgent(0, 'finished', { since: NOW - msAgo, instance: anInstance({ status: 'ready' }), ...given });

  test('has its log collected, once and within three seconds', () => {
    expect(reaped(finished(0))).toMatchObject({ actions: [{ kind: 'collect-log' }], wakeAt: NOW + 3_000 });
    expect(kinds(finished(0), { collected: new Set([nameOf(0)]) })).toEqual([]);
    expect(kinds(finished(3_000))).toEqual([]);
  });

  test('is deleted when it does not power off and Azure does not know it any more', () => {
    const given = { registration: known(undefined), life: aLife({ seenOnline: true, quietAbsent: quiet }) };
    expect(kinds(finished(timeouts.powerOffMs - 1, given))).toEqual([]);
    expect(kinds(finished(timeouts.powerOffMs, given))).toEqual(['delete-instance']);
  });

  test('is deleted unless Azure, asked for its agent by itself, has it; after our own deletion nobody is asked', () => {
    const deleted = (life: Partial<Life>) =>
      reaped(finished(timeouts.powerOffMs, { registration: known(undefined), life: aLife(life) })).actions;
    const unless = { agentPool: 'https://azure.test/org agents', agentId: 7 };
    expect(deleted({ agentId: 7, quietAbsent: quiet })).toMatchObject([{ kind: 'delete-instance', unless }]);
    expect(deleted({ agentId: 7, quietOffline: quiet, quietAbsent: { from: NOW, to: NOW } })).toEqual([]);
    const [ours] = deleted({ agentId: 7, deregistered: true });
    expect(ours).toMatchObject({ kind: 'delete-instance' });
    expect(ours).not.toHaveProperty('unless');
  });

  test('is believed only by a reading that began after it said so', () => {
    const stale = known(undefined, NOW - timeouts.powerOffMs - 1);
    const life = aLife({ seenOnline: true, quietOffline: quiet });
    expect(kinds(finished(timeouts.powerOffMs, { registration: stale, life }))).toEqual([]);
  });

  test.each([
    ['online, and has had no job', { online: true }],
    ['offline for a moment', { online: false }],
  ])('is drained when Azure shows it %s', (_, given) => {
    const registration = known(aRegistration(given));
    const life = aLife({ seenOnline: true });
    expect(kinds(finished(timeouts.powerOffMs, { registration, life }))).toEqual(['disable-agent']);
  });

  test.each<[string, Partial<Registration>]>([
    ['shows its job as over', { completed: JOB }],
    ['has yet to show its job', {}],
    ['shows its job as not taken', { assigned: { ...JOB, received: false } }],
  ])(
    'is disabled at once, and its log is collected beside that: it shall get no other job, though Azure %s',
    (_, shown) => {
      const life = aLife(shown.completed ? { requestId: 42 } : { saidFinished: true });
      const given = { registration: known(aRegistration(shown)), life };
      expect(kinds(finished(0, given))).toEqual(['collect-log', 'disable-agent']);
      expect(planned(finished(0, given))).toEqual(['collect-log', 'disable-agent']);
    },
  );

  test('is not disabled when it is not believed: Azure has shown its job since', () => {
    const life = aLife({ saidFinished: true, disbelieved: true });
    const registration = known(aRegistration({ assigned: { ...JOB, received: false } }));
    expect(kinds(anAgent(0, 'busy', { registration, life }))).toEqual([]);
  });

  test('is ended by the word of Azure, however quick its job was: deregistered, then deleted', () => {
    const after = (ms: number, given: Partial<Agent>) => kinds(finished(ms, given));
    const disabled = known(aRegistration({ completed: JOB, enabled: false }));
    const life = aLife({ requestId: 42, activeSince: NOW - 20_000, quietDisabled: quiet });
    expect(after(timeouts.powerOffMs - 1, { registration: disabled, life })).toEqual([]);
    expect(after(timeouts.powerOffMs, { registration: disabled, life })).toEqual(['delete-registration']);
    const gone = { registration: known(undefined), life: { ...life, quietDisabled: undefined, quietAbsent: quiet } };
    expect(after(timeouts.powerOffMs, gone)).toEqual(['delete-instance']);
  });

  test('that was never online is drained where Azure has it: that is proof, without the time for a start', () => {
    const given = (shown: Registration | undefined, life: Partial<Life>) =>
      kinds(finished(timeouts.powerOffMs, { registration: known(shown), life: aLife({ activeSince: NOW, ...life }) }));
    expect(given(aRegistration({ online: false }), {})).toEqual(['disable-agent']);
    const disabled = aRegistration({ online: false, enabled: false });
    expect(given(disabled, {})).toEqual([]);
    expect(given(disabled, { quietDisabled: quiet })).toEqual(['delete-registration']);
    expect(given(undefined, { deregistered: true })).toEqual(['delete-instance']);
  });

  test('that could still register is not deleted', () => {
    const life = aLife({ activeSince: NOW - 20_000, quietOffline: quiet });
    const given = { registration: known(undefined), life };
    expect(kinds(finished(timeouts.powerOffMs, given))).toEqual([]);
  });
});

describe('a stopped instance', () => {
  test('that is still there is deleted, whatever Azure shows', () => {
    expect(kinds(anAgent(0, 'stopped', { registration: unknown() }))).toEqual(['delete-instance']);
  });

  test('seen but once is looked at again a second later, though nothing rings', () => {
    const life = aLife({ quietStopped: { from: NOW, to: NOW }, seenOnline: true });
    expect(reaped(anAgent(0, 'idle', { life }))).toEqual({ actions: [], wakeAt: NOW + 1_000 });
  });
});

test('a guest that rings without end loses its doorbell, and nothing else', () => {
  expect(kinds(anAgent(0, 'idle', { instance: anInstance({ noisy: true }) }))).toEqual(['remove-doorbell']);
});

describe('an agent at work', () => {
  const atWork = (sinceMs: number, isWeighed = false) =>
    anAgent(0, 'busy', {
      instance: anInstance({ isWeighed }),
      registration: known(aRegistration({ assigned: JOB, enabled: false })),
      life: aLife({ requestId: JOB.requestId, requestSince: NOW - sinceMs }),
    });

  test('gives way to instances that boot once its job takes its time', () => {
    expect(reaped(atWork(4_999))).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(atWork(5_000))).toEqual(['give-way']);
  });

  test('is left as it is where somebody has said how cores are shared, as we have ourselves before', () => {
    expect(reaped(atWork(5_000, true))).toEqual({ actions: [], wakeAt: undefined });
  });
});
