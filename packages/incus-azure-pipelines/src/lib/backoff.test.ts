import { expect, test } from 'vitest';
import { backoffMs } from './backoff.js';

const options = { firstMs: 1_000, longestMs: 300_000 };

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [9, 256_000],
  [10, 300_000],
  [5_000, 300_000],
])('failure %i in a row waits %i ms', (count, ms) => {
  expect(backoffMs(count, 0.5, options)).toBe(ms);
});

test('spreads by a fifth to both sides', () => {
  expect(backoffMs(1, 0, options)).toBe(800);
  expect(backoffMs(1, 0.999_999, options)).toBe(1_200);
});
