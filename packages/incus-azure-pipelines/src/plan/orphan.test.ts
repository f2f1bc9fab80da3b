import { describe, expect, test } from 'vitest';
import { reapedKinds as kinds, reaped } from '../../test/reaped.js';
import { aLife, anAgent, aPool, aRegistration, JOB, known, NOW } from '../../test/simulation/examples.js';
import type { Agent, Life, Registration } from '../model/agent.js';

const { timeouts } = aPool();
/** Readings have agreed for long. */
const quiet = { from: NOW - 500_000, to: NOW };

describe('an orphan', () => {
  const orphan = (given: Partial<Agent>, changes = {}) =>
    anAgent(0, 'orphan', { registration: known(aRegistration({ online: false, ...changes })), ...given });
  const unseen = aLife({ instanceSeen: false, quietOffline: quiet });

  test('is deregistered when it is older than its grace', () => {
    expect(kinds(orphan({ life: unseen }))).toEqual(['delete-registration']);
    const changedAt = NOW - timeouts.orphanGraceMs + 1;
    const life = aLife({ instanceSeen: false, quietOffline: { from: changedAt, to: NOW } });
    expect(reaped(orphan({ life }, { changedAt }))).toEqual({ actions: [], wakeAt: NOW + 1 });
  });

  test('is deregistered though the clock of Azure is an hour ahead of ours', () => {
    expect(kinds(orphan({ life: unseen }, { changedAt: NOW + 3_600_000 }))).toEqual(['delete-registration']);
  });

  test('is deregistered at once when its end was seen and a reading since then shows it free', () => {
    const at = (to: number) => aLife({ quietOffline: { from: NOW - 9, to } });
    expect(kinds(orphan({ since: NOW - 5, life: at(NOW - 6) }, { changedAt: NOW }))).toEqual([]);
    expect(kinds(orphan({ since: NOW - 5, life: at(NOW - 5) }, { changedAt: NOW }))).toEqual(['delete-registration']);
  });

  test('is fenced, and deregistered with proof, when somebody has its key after its job', () => {
    const robbed = (changes: Partial<Registration>, life: Partial<Life> = {}) =>
      kinds(orphan({ life: aLife({ requestId: 42, ...life }) }, { online: true, ...changes }));
    expect(robbed({ enabled: true, assigned: JOB })).toEqual(['disable-agent']);
    expect(robbed({ enabled: false, assigned: JOB }, { quietDisabled: quiet })).toEqual([]);
    expect(robbed({ enabled: true }, { quietDisabled: quiet })).toContain('disable-agent');
    expect(robbed({ enabled: false }, { quietDisabled: { from: NOW - 4_999, to: NOW } })).toEqual([]);
    expect(robbed({ enabled: false }, { quietDisabled: quiet })).toEqual(['delete-registration']);
  });

  test('is disabled at once when it said that it was finished, though no reading tells of a job', () => {
    const gone = (life: Partial<Life>) => kinds(orphan({ since: NOW, life: aLife(life) }, { online: true }));
    expect(gone({ saidFinished: true })).toEqual(['disable-agent']);
    expect(gone({ saidFinished: true, disbelieved: true })).toEqual([]);
  });

  test('is disabled after its grace when somebody is online under its name, and nothing tells of a job', () => {
    const held = (msAgo: number, changes: Partial<Registration> = {}) =>
      reaped(orphan({ since: NOW - msAgo, life: aLife() }, { online: true, enabled: true, ...changes }));
    expect(held(timeouts.orphanGraceMs - 1)).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(held(timeouts.orphanGraceMs).actions).toMatchObject([{ kind: 'disable-agent' }]);
    expect(held(timeouts.orphanGraceMs, { enabled: false }).actions).toEqual([]);
    expect(held(timeouts.orphanGraceMs, { assigned: { ...JOB, received: false } }).actions).toEqual([]);
  });

  test.each([
    ['online', { online: true }],
    ['assigned', { assigned: { ...JOB, received: false } }],
  ])('is left alone while it is %s', (_, changes) => {
    expect(kinds(orphan({ since: NOW, life: unseen }, changes))).toEqual([]);
    expect(kinds(orphan({ since: NOW, life: aLife({ quietOffline: quiet }) }, changes))).toEqual([]);
  });
});
