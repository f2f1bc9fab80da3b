import { describe, expect, test } from 'vitest';
import { reapedKinds as kinds, reaped } from '../../test/reaped.js';
import { aLife, anAgent, anInstance, aPool, NOW, nameOf } from '../../test/simulation/examples.js';

const { timeouts } = aPool();

describe('an instance that is not yet an agent', () => {
  test('is deleted when it was not prepared in time, and not a moment before', () => {
    const since = (msAgo: number) => anAgent(0, 'preparing', { since: NOW - msAgo });
    const asked = new Map([[nameOf(0), NOW - 5_000]]);
    expect(reaped(since(timeouts.preparationMs - 1), { asked })).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(since(timeouts.preparationMs), { asked })).toEqual(['delete-instance']);
  });

  test('is asked after a while whether its Ready was forgotten, and once more before its time is over', () => {
    const since = (msAgo: number) => anAgent(0, 'preparing', { since: NOW - msAgo });
    expect(reaped(since(14_999))).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(since(15_000))).toEqual(['ask-prepared']);
    const asked = new Map([[nameOf(0), NOW - 15_000]]);
    expect(reaped(since(timeouts.preparationMs - 1), { asked })).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(since(timeouts.preparationMs), { asked })).toEqual(['ask-prepared']);
  });

  test('is asked before it is deleted, however late that is, and deleted where it cannot be asked', () => {
    const late = anAgent(0, 'preparing', { since: NOW - 3_600_000 });
    expect(kinds(late)).toEqual(['ask-prepared']);
    const asked = new Map([[nameOf(0), NOW - 4_999]]);
    expect(reaped(late, { asked })).toEqual({ actions: [], wakeAt: NOW + 1 });
    expect(kinds(late, { asked: new Map([[nameOf(0), NOW - 15_000]]) })).toEqual(['ask-prepared']);
    const failures = new Map([[`ask-prepared/${nameOf(0)}`, { count: 1, retryAt: NOW + 1, error: '' }]]);
    expect(kinds(late, { failures })).toEqual(['delete-instance']);
    const unreadable = anInstance({ status: 'error', activatedAt: undefined });
    expect(kinds({ ...late, instance: unreadable })).toEqual(['delete-instance']);
  });

  test('is not deleted when Incus cannot read it for a moment, however old it is', () => {
    const instance = anInstance({ status: 'error', activatedAt: undefined, createdAt: NOW - 3_600_000 });
    expect(kinds(anAgent(0, 'preparing', { instance, since: NOW }))).toEqual([]);
  });

  test('is deleted when it stopped, which one reading does not prove', () => {
    const stopped = (ms: number) =>
      anAgent(0, 'preparing', { since: NOW - ms, life: aLife({ quietStopped: { from: NOW - ms, to: NOW } }) });
    expect(kinds(stopped(0))).toEqual([]);
    expect(kinds(stopped(1_000))).toEqual(['delete-instance']);
  });
});
