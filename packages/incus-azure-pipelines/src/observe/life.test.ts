import { describe, expect, test } from 'vitest';
import { aLife, anAgent, anInstance, aRegistration, JOB, known, NOW, unknown } from '../../test/simulation/examples.js';
import { ENABLING_MS, type InstanceRecord, type Life, type Registration } from '../model/agent.js';
import { nextLife } from './phase.js';

const waiting = { ...JOB, received: false };

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
    expect(next({}, known(aRegistration({ online: false, completed: JOB }))).seenOnline).toBe(true);
    expect(next({ seenOnline: true }, unknown()).seenOnline).toBe(true);
  });

  const before = { from: NOW - 60, to: NOW - 30 };
  test.each<[string, Partial<Registration> | undefined, 'quietDisabled' | 'quietOffline' | 'quietAbsent', boolean]>([
    ['disabled', { enabled: false }, 'quietDisabled', true],
    ['disabled with a job', { enabled: false, assigned: waiting }, 'quietDisabled', false],
    ['enabled', {}, 'quietDisabled', false],
    ['not there', undefined, 'quietDisabled', false],
    ['offline', { online: false }, 'quietOffline', true],
    ['offline with a job', { online: false, assigned: waiting }, 'quietOffline', false],
    ['online', {}, 'quietOffline', false],
    ['not there', undefined, 'quietOffline', true],
    ['not there', undefined, 'quietAbsent', true],
    ['there', { online: false }, 'quietAbsent', false],
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

  test('is that a guest said Ready, until it is seen stopped', () => {
    const said = (saidPrepared: boolean, status: InstanceRecord['status']) =>
      next({ saidPrepared }, known(undefined), { status, activatedAt: undefined }).saidPrepared;
    expect([said(false, 'running'), said(false, 'ready'), said(true, 'running'), said(true, 'error')]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(said(true, 'stopped')).toBe(false);
  });

  test('a proof survives an unread Azure, and does not grow by it', () => {
    expect(next({ quietDisabled: before, quietOffline: before }, unknown())).toMatchObject({
      quietDisabled: before,
      quietOffline: before,
    });
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
