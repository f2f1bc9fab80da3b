import { describe, expect, test } from 'vitest';
import { aLife, anAgent, anInstance, aRegistration, JOB, known, NOW, unknown } from '../../test/simulation/examples.js';
import { type AgentPhase, ENABLING_MS, type InstanceRecord, type Life, type Registration } from '../model/agent.js';
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
    ['has lost its registration', {}, undefined, { seenOnline: true }, 'finished'],
    ['has had its job', {}, { enabled: false }, { requestId: 42 }, 'finished'],
    ['has had a job that nobody saw', {}, { completed: JOB }, {}, 'finished'],
    ['has had a job that nobody saw and is offline', {}, { completed: JOB, online: false }, {}, 'finished'],
    ['has had its job and is given another', {}, { assigned: JOB }, { requestId: 41 }, 'busy'],
    ['said finished', {}, {}, { saidFinished: true }, 'finished'],
    ['said finished and is not believed', {}, { assigned: JOB }, { saidFinished: true, disbelieved: true }, 'busy'],
    ['cannot be read', { status: 'error' }, {}, {}, 'unclear'],
    ['cannot be read and said finished', { status: 'error' }, {}, { saidFinished: true }, 'finished'],
    ['cannot be read and has had its job', { status: 'error' }, {}, { requestId: 42 }, 'finished'],
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
    ['has had a job', listening, disabled, { requestId: 42 }, 'finished'],
    ['has lost its registration', listening, undefined, { seenOnline: true }, 'finished'],
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

  test.each<[InstanceRecord['status'], AgentPhase]>([
    ['running', 'prepared'],
    ['stopped', 'preparing'],
  ])('of a prepared instance that Incus shows as %s, its Ready forgotten, is %s', (status, expected) => {
    expect(phaseOf(anInstance({ ...fresh, status }), known(undefined), aLife(), 'prepared')).toBe(expected);
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

  test.each([-3_600_000, 0, 3_600_000])(
    'is a ring after the one that said prepared, with the clock of the Incus host %i ms off',
    offMs => {
      const rangPreparedAt = activatedAt - 400 + offMs;
      expect(said({ status: 'ready', activatedAt, rangAt: rangPreparedAt + 500 }, { rangPreparedAt })).toBe(true);
      expect(said({ status: 'ready', activatedAt, rangAt: rangPreparedAt }, { rangPreparedAt })).toBe(false);
      expect(said({ status: 'ready', activatedAt, rangAt: rangPreparedAt })).toBe(false);
    },
  );

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
    const life = nextLife(before, anInstance(marked), unknown(), NOW, NOW, true);
    expect(life).toMatchObject({ saidFinished: false, activeSince: undefined });
    expect(nextLife({ ...before, life }, anInstance(marked), unknown(), NOW, NOW)).toMatchObject({ activeSince: NOW });
  });

  test('is never said by an instance that is only prepared', () => {
    expect(said({ status: 'ready', activatedAt: undefined, rangAt: NOW })).toBe(false);
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

describe('what is remembered', () => {
  const next = (life: Partial<Life>, reading: Parameters<typeof nextLife>[2], instance?: Partial<InstanceRecord>) =>
    nextLife(anAgent(0, 'idle', { life: aLife(life) }), anInstance(instance), reading, NOW, NOW);

  test('is a job that was taken, and not one that could still be withdrawn', () => {
    expect(next({}, known(aRegistration({ assigned: waiting }))).requestId).toBeUndefined();
    expect(next({}, known(aRegistration({ assigned: JOB }))).requestId).toBe(42);
    expect(next({ requestId: 42 }, known(aRegistration())).requestId).toBe(42);
  });

  test('is a job that is over, which nobody saw running, and how it ended', () => {
    const done = { ...JOB, result: 'failed' };
    expect(next({}, known(aRegistration({ completed: done })))).toMatchObject({ requestId: 42, result: 'failed' });
    expect(next({ requestId: 42, result: 'failed' }, unknown())).toMatchObject({ requestId: 42, result: 'failed' });
    const withdrawn = { ...done, received: false };
    expect(next({}, known(aRegistration({ completed: withdrawn }))).requestId).toBeUndefined();
  });

  test('is since when it has its job, of each its own', () => {
    const taken = (assigned: Registration['assigned']) =>
      next({ requestId: 42, requestSince: 5 }, known(aRegistration({ assigned, completed: JOB })));
    expect(taken(JOB)).toMatchObject({ requestId: 42, requestSince: 5 });
    expect(taken(undefined)).toMatchObject({ requestId: 42, requestSince: 5 });
    expect(taken({ ...JOB, requestId: 43 })).toMatchObject({ requestId: 43, requestSince: NOW });
  });

  test('is that it was online, by its status or by a job that it took', () => {
    expect(next({}, known(aRegistration({ online: false }))).seenOnline).toBe(false);
    expect(next({}, known(aRegistration({ online: false, assigned: JOB }))).seenOnline).toBe(true);
    expect(next({ seenOnline: true }, unknown()).seenOnline).toBe(true);
  });

  const before = { from: NOW - 60, to: NOW - 30 };
  test.each<[string, Partial<Registration> | undefined, 'quietDisabled' | 'quietOffline', boolean]>([
    ['disabled', { enabled: false }, 'quietDisabled', true],
    ['disabled with a job', { enabled: false, assigned: waiting }, 'quietDisabled', false],
    ['enabled', {}, 'quietDisabled', false],
    ['not there', undefined, 'quietDisabled', false],
    ['offline', { online: false }, 'quietOffline', true],
    ['offline with a job', { online: false, assigned: waiting }, 'quietOffline', false],
    ['online', {}, 'quietOffline', false],
    ['not there', undefined, 'quietOffline', true],
  ])('a registration that is %s: does %s hold of %s', (_, registration, proof, holds) => {
    const reading = known(registration && aRegistration(registration), NOW - 5);
    expect(next({ [proof]: before }, reading)[proof]).toEqual(holds ? { from: NOW - 60, to: NOW - 5 } : undefined);
    expect(next({}, reading)[proof]).toEqual(holds ? { from: NOW - 5, to: NOW - 5 } : undefined);
  });

  test('a registration that took the place of another proves itself anew', () => {
    const reading = known(aRegistration({ agentId: 8, enabled: false }), NOW - 5);
    const proof = (agentId: number) => next({ agentId, quietDisabled: before }, reading).quietDisabled;
    expect(proof(8)).toEqual({ from: NOW - 60, to: NOW - 5 });
    expect(proof(7)).toEqual({ from: NOW - 5, to: NOW - 5 });
  });

  test('a proof survives an unread Azure, and does not grow by it', () => {
    expect(next({ quietDisabled: before, quietOffline: before }, unknown())).toMatchObject({
      quietDisabled: before,
      quietOffline: before,
    });
  });

  test('is when its guest rang last before it was activated', () => {
    expect(next({}, unknown(), { activatedAt: undefined, rangAt: 5 }).rangPreparedAt).toBe(5);
    expect(next({ rangPreparedAt: 5 }, unknown(), { rangAt: 6 }).rangPreparedAt).toBe(5);
  });

  test('is since when it reads as stopped', () => {
    expect(next({ quietStopped: before }, unknown(), { status: 'stopped' }).quietStopped).toEqual({
      from: NOW - 60,
      to: NOW,
    });
    expect(next({ quietStopped: before }, unknown()).quietStopped).toBeUndefined();
    expect(next({ quietStopped: before }, unknown(), { status: 'error' }).quietStopped).toEqual(before);
  });

  test('is until when a call of ours may enable it: for a while after an activation that is new', () => {
    const agent = anAgent(0, 'listening', { instance: anInstance({ activatedAt: NOW - 600_000 }) });
    const until = (activatedAt: number, before: typeof agent | undefined = agent) =>
      nextLife(before, anInstance({ activatedAt }), unknown(), NOW, NOW).enablableUntil;
    expect(until(NOW - 600_000)).toBeUndefined();
    expect(until(NOW - 100)).toBe(NOW + ENABLING_MS);
    expect(until(NOW - 100, undefined)).toBe(NOW + ENABLING_MS);
    // By another clock.
    expect(until(NOW + 3_600_000)).toBeUndefined();
  });

  test('is no calm from before it was enabled, nor from the time in which it may yet be', () => {
    const calm = { from: NOW - 600_000, to: NOW - 1 };
    const disabled = (at: number, enablableUntil: number) =>
      next({ quietDisabled: calm, enablableUntil }, known(aRegistration({ enabled: false }), at)).quietDisabled;
    expect(disabled(NOW, NOW + 1)).toBeUndefined();
    expect(next({ enablableUntil: NOW }, known(aRegistration({ enabled: false }))).quietDisabled).toEqual({
      from: NOW,
      to: NOW,
    });
  });
});
