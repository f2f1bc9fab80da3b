import { describe, expect, test } from 'vitest';
import { aLife, anAgent, anInstance, aRegistration, JOB, known, NOW, unknown } from '../../test/simulation/examples.js';
import type { AgentPhase, InstanceRecord, Life, Registration } from '../model/agent.js';
import { nextLife, phaseOf } from './phase.js';

const STARTED_GRACE_MS = 10_000;

const fresh = { activatedAt: undefined };
const stoppedFor = (ms: number) => ({ from: NOW - ms, to: NOW });
const waiting = { ...JOB, received: false };

describe('the phase', () => {
  test.each<[string, Partial<InstanceRecord>, Partial<Registration> | undefined, Partial<Life>, AgentPhase]>([
    ['boots', fresh, undefined, {}, 'preparing'],
    ['is made', { ...fresh, status: 'stopped' }, undefined, {}, 'preparing'],
    ['cannot be read before its activation', { ...fresh, status: 'error' }, undefined, {}, 'preparing'],
    ['said Ready', { ...fresh, status: 'ready' }, undefined, {}, 'prepared'],
    [
      'said Ready, and Incus has not told its ids',
      { ...fresh, status: 'ready', idsFrom: 'not yet' },
      undefined,
      {},
      'preparing',
    ],
    ['is activated', {}, undefined, {}, 'starting'],
    ['is registered', {}, { online: false }, {}, 'starting'],
    ['is online', {}, {}, {}, 'idle'],
    ['has a job', {}, { assigned: JOB }, {}, 'busy'],
    ['has a job that it has not taken', {}, { assigned: waiting }, {}, 'busy'],
    ['has a job and is disabled', {}, { assigned: JOB, enabled: false }, {}, 'busy'],
    ['has a job and is offline', {}, { assigned: JOB, online: false }, {}, 'busy'],
    ['has a job while Incus reads Error', { status: 'error' }, { assigned: JOB }, {}, 'busy'],
    ['is disabled', {}, { enabled: false }, {}, 'draining'],
    ['is disabled and offline', {}, { enabled: false, online: false }, { seenOnline: true }, 'draining'],
    ['was online', {}, { online: false }, { seenOnline: true }, 'offline'],
    ['has lost its registration', {}, undefined, { seenOnline: true, quietAbsent: stoppedFor(5_000) }, 'finished'],
    ['was deregistered by us', {}, undefined, { seenOnline: true, deregistered: true }, 'finished'],
    ['has had its job', {}, { enabled: false, completed: JOB }, { requestId: 42 }, 'finished'],
    ['has had a job that one list does not show', {}, { enabled: false }, { requestId: 42 }, 'busy'],
    ['has had a job that nobody saw', {}, { completed: JOB }, {}, 'finished'],
    ['has had a job that nobody saw and is offline', {}, { completed: JOB, online: false }, {}, 'finished'],
    ['has had its job and is given another', {}, { assigned: JOB }, { requestId: 41 }, 'busy'],
    ['said finished', {}, {}, { saidFinished: true }, 'finished'],
    ['said finished and is not believed', {}, { assigned: JOB }, { saidFinished: true, disbelieved: true }, 'busy'],
    ['cannot be read', { status: 'error' }, {}, {}, 'unclear'],
    ['cannot be read and said finished', { status: 'error' }, {}, { saidFinished: true }, 'finished'],
    ['cannot be read and has had its job', { status: 'error' }, { completed: JOB }, { requestId: 42 }, 'finished'],
    ['stopped for long', { status: 'stopped' }, { assigned: JOB }, { quietStopped: stoppedFor(1_000) }, 'stopped'],
    ['stopped just now', { status: 'stopped' }, { assigned: JOB }, { quietStopped: stoppedFor(999) }, 'busy'],
  ])('of an instance that %s', (_, instance, registration, life, expected) => {
    const reading = known(registration && aRegistration(registration));
    const remembered = nextLife(anAgent(0, 'starting', { life: aLife(life) }), undefined, reading, NOW, NOW);
    expect(phaseOf(anInstance(instance), reading, { ...aLife(life), requestId: remembered.requestId }, undefined)).toBe(
      expected,
    );
  });

  const listening = { listeningAt: NOW - 60_000 };
  const disabled = { enabled: false };

  test.each<[string, Partial<InstanceRecord>, Partial<Registration> | undefined, Partial<Life>, AgentPhase]>([
    ['is not registered yet', listening, undefined, {}, 'listening'],
    ['is not online yet', listening, { ...disabled, online: false }, {}, 'listening'],
    ['is online', listening, disabled, { seenOnline: true }, 'listening'],
    ['was online', listening, { ...disabled, online: false }, { seenOnline: true }, 'listening'],
    ['Incus cannot read', { ...listening, status: 'error' }, disabled, { seenOnline: true }, 'listening'],
    ['somebody enabled', listening, {}, { seenOnline: true }, 'idle'],
    ['somebody gave a job to', listening, { ...disabled, assigned: JOB }, {}, 'busy'],
    ['has had a job', listening, { ...disabled, completed: JOB }, { requestId: 42 }, 'finished'],
    ['has lost its registration', listening, undefined, { seenOnline: true, deregistered: true }, 'finished'],
    ['a list lacks', listening, undefined, { seenOnline: true }, 'listening'],
    ['said finished', listening, disabled, { saidFinished: true }, 'finished'],
    ['stopped', { ...listening, status: 'stopped' }, disabled, { quietStopped: stoppedFor(1_000) }, 'stopped'],
  ])('of a member of the listening reserve that %s', (_, instance, registration, life, expected) => {
    const reading = known(registration && aRegistration(registration));
    expect(phaseOf(anInstance(instance), reading, aLife(life), 'listening')).toBe(expected);
  });

  test('of one whose mark is gone is live, though Azure was last read before that, or not at all', () => {
    const life = aLife({ seenOnline: true, enablableUntil: NOW + 1 });
    expect(phaseOf(anInstance(), known(aRegistration(disabled)), life, 'listening')).toBe('starting');
    expect(phaseOf(anInstance(), unknown(), life, 'listening')).toBe('starting');
    expect(phaseOf(anInstance(), known(aRegistration()), life, 'starting')).toBe('idle');
  });

  test('of one whose enabling came to nothing is draining, as of one that a person disabled', () => {
    const over = aLife({ seenOnline: true, enablableUntil: NOW });
    expect(phaseOf(anInstance(), known(aRegistration(disabled)), over, 'starting')).toBe('draining');
    const underWay = { ...over, enablableUntil: NOW + 1 };
    expect(phaseOf(anInstance(), known(aRegistration(disabled)), underWay, 'idle')).toBe('draining');
  });

  test('of one that nothing is known of but its mark is listening', () => {
    expect(phaseOf(anInstance(listening), unknown(), aLife(), undefined)).toBe('listening');
    expect(phaseOf(anInstance(listening), unknown(), aLife(), 'idle')).toBe('idle');
  });

  test('of a registration without an instance is orphan', () => {
    expect(phaseOf(undefined, known(aRegistration()), aLife(), 'busy')).toBe('orphan');
  });

  test.each<AgentPhase>(['idle', 'busy', 'draining', 'offline'])(
    'stays %s while lists lack its registration for a moment',
    before => {
      const lacking = (ms: number) => aLife({ seenOnline: true, requestId: 42, quietAbsent: stoppedFor(ms) });
      expect(phaseOf(anInstance(), known(undefined), lacking(4_999), before)).toBe(before);
      expect(phaseOf(anInstance(), known(undefined), lacking(5_000), before)).toBe('finished');
    },
  );

  test('stays busy until lists five seconds apart show no job, where none says that it is over: one may be behind', () => {
    const registration = known(aRegistration({ enabled: false, completed: { ...JOB, requestId: 41 } }));
    const free = (ms: number) => aLife({ seenOnline: true, requestId: 42, quietUnassigned: stoppedFor(ms) });
    expect(phaseOf(anInstance(), registration, free(4_999), 'busy')).toBe('busy');
    expect(phaseOf(anInstance(), registration, free(5_000), 'busy')).toBe('finished');
    expect(phaseOf(anInstance(), registration, free(0), 'finished')).toBe('finished');
    const over = known(aRegistration({ enabled: false, completed: JOB }));
    expect(phaseOf(anInstance(), over, free(0), 'busy')).toBe('finished');
  });

  test.each<[InstanceRecord['status'], AgentPhase]>([
    ['running', 'prepared'],
    ['stopped', 'preparing'],
    ['error', 'preparing'],
  ])('of a prepared instance that Incus shows as %s, its Ready forgotten, is %s', (status, expected) => {
    const life = aLife({ saidPrepared: true });
    expect(phaseOf(anInstance({ ...fresh, status }), known(undefined), life, 'preparing')).toBe(expected);
  });

  test.each<[AgentPhase | undefined, AgentPhase]>([
    ['idle', 'idle'],
    ['busy', 'busy'],
    ['draining', 'draining'],
    ['offline', 'offline'],
    ['finished', 'finished'],
    ['prepared', 'starting'],
    ['stopped', 'starting'],
    [undefined, 'starting'],
  ])('while Azure is unread stays what it was: %s becomes %s', (before, expected) => {
    expect(phaseOf(anInstance(), unknown(), aLife(), before)).toBe(expected);
  });
});

describe('finished', () => {
  const said = (instance: Partial<InstanceRecord>, before: Partial<Life> = {}) =>
    nextLife(
      anAgent(0, 'starting', { life: aLife({ activeSince: NOW - 100, ...before }) }),
      anInstance(instance),
      unknown(),
      NOW,
      NOW,
    ).saidFinished;
  const activatedAt = NOW - 100;

  test('is Ready after the start was seen', () => {
    expect(said({ status: 'ready', activatedAt }, { seenStarted: true })).toBe(true);
    expect(said({ status: 'running', activatedAt }, { seenStarted: true })).toBe(false);
  });

  test('is a ring after its mark', () => {
    expect(said({ status: 'ready', activatedAt, rangSinceChange: true })).toBe(true);
    expect(said({ status: 'ready', activatedAt, rangSinceChange: false })).toBe(false);
  });

  test('is Ready long after the activation, though nothing else was seen of it', () => {
    expect(said({ status: 'ready', activatedAt }, { activeSince: NOW - STARTED_GRACE_MS })).toBe(false);
    expect(said({ status: 'ready', activatedAt }, { activeSince: NOW - STARTED_GRACE_MS - 1 })).toBe(true);
  });

  test('is no Ready of a list that took so long that the guest may have started since', () => {
    const before = anAgent(0, 'starting', { life: aLife({ activeSince: NOW - STARTED_GRACE_MS - 1 }) });
    const said = (listedAt: number) =>
      nextLife(before, anInstance({ status: 'ready', activatedAt }), unknown(), listedAt, NOW).saidFinished;
    expect([said(NOW - 1), said(NOW)]).toEqual([false, true]);
  });

  test('is not Ready while the activation drags on: nothing has told it to start', () => {
    const marked = { status: 'ready', activatedAt: NOW - 60_000 } as const;
    const before = anAgent(0, 'starting', { life: aLife({ activeSince: undefined }) });
    const life = nextLife(before, anInstance(marked), unknown(), NOW, NOW, { isActivating: true });
    expect(life).toMatchObject({ saidFinished: false, activeSince: undefined });
    expect(nextLife({ ...before, life }, anInstance(marked), unknown(), NOW, NOW)).toMatchObject({ activeSince: NOW });
  });

  test('is never said by an instance that is only prepared', () => {
    expect(said({ status: 'ready', activatedAt: undefined, rangSinceChange: true })).toBe(false);
  });

  test('stays said while the status wanders', () => {
    expect(said({ status: 'running', activatedAt }, { saidFinished: true })).toBe(true);
  });

  test('is not believed again once Azure has shown a job in a later reading', () => {
    const believed = anAgent(0, 'finished', { since: NOW - 10 });
    const after = (assigned: Registration['assigned'], at: number) =>
      nextLife(believed, anInstance(), known(aRegistration({ assigned }), at), NOW, NOW).disbelieved;
    expect(after(JOB, NOW - 9)).toBe(true);
    expect(after(JOB, NOW - 10)).toBe(false);
    expect(after(undefined, NOW - 9)).toBe(false);
    const caught = { ...believed, life: aLife({ disbelieved: true }) };
    expect(nextLife(caught, anInstance(), unknown(), NOW, NOW).disbelieved).toBe(true);
  });
});
