import { expect, test } from 'vitest';
import { drawStrikes } from './draw-strikes.js';
import { FAULTS } from './fault.js';

const MINUTE_MS = 60_000;

test('a seed draws the same faults each time, and another seed other ones', () => {
  const first = drawStrikes(7, 5 * MINUTE_MS, FAULTS);
  expect(drawStrikes(7, 5 * MINUTE_MS, FAULTS)).toEqual(first);
  expect(drawStrikes(8, 5 * MINUTE_MS, FAULTS)).not.toEqual(first);
});

test.each([1, 2, 3, 4, 5])('with seed %i, six minutes meet every fault, and spare the daemon at their end', seed => {
  const strikes = drawStrikes(seed, 6 * MINUTE_MS, FAULTS);
  const met = new Set(strikes.map(({ kind }) => kind));
  expect(FAULTS.filter(kind => !met.has(kind))).toEqual([]);
  const kills = strikes.filter(({ kind }) => kind === 'kill-daemon').map(({ atMs }) => atMs);
  expect(Math.max(...kills)).toBeLessThanOrEqual(4 * MINUTE_MS);
});

test('a refused token, which costs a minute each time, is drawn less often than the rest', () => {
  const strikes = drawStrikes(1, 20 * MINUTE_MS, FAULTS);
  const count = (kind: string) => strikes.filter(strike => strike.kind === kind).length;
  expect(count('unauthorized') + count('sign-in-page')).toBeLessThan(count('stop-instance') / 4);
});

test('only the faults that are named are drawn, in time and in their order', () => {
  const strikes = drawStrikes(1, MINUTE_MS, ['cut', 'stop-instance']);
  expect(new Set(strikes.map(({ kind }) => kind))).toEqual(new Set(['cut', 'stop-instance']));
  const times = strikes.map(({ atMs }) => atMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(Math.max(...times)).toBeLessThan(MINUTE_MS);
});

test('one refusal alone comes in each of its turns', () => {
  expect(drawStrikes(1, MINUTE_MS, ['sign-in-page'])).not.toEqual([]);
});
