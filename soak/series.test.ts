import { expect, test } from 'vitest';
import { courseOf, mediansOf } from './series.js';

const points = (...values: readonly number[]) => values.map((value, at) => ({ atMs: at * 1_000, value }));

test('tells the first and the last quarter by their medians, and the most of all', () => {
  expect(courseOf(points(1, 1, 3, 9, 4, 4, 5, 7, 8), 8_000)).toEqual({
    count: 9,
    firstQuarter: 1,
    lastQuarter: 7,
    max: 9,
  });
});

test('has nothing to tell of a quarter without values', () => {
  expect(courseOf(points(1, 2), 100_000)).toBeUndefined();
});

test('takes the median of each part, and leaves out parts without values', () => {
  expect(mediansOf(points(1, 3, 5, 6), 8_000, 4)).toEqual([
    { atMs: 1_000, value: 2 },
    { atMs: 3_000, value: 5.5 },
  ]);
});
