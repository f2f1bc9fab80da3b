import { expect, test } from 'vitest';
import { summarise } from './statistics.js';

test('has nothing to tell of no values', () => {
  expect(summarise([])).toBeUndefined();
});

test('is the value itself when there is one', () => {
  expect(summarise([7])).toEqual({ count: 1, min: 7, median: 7, p95: 7, p99: 7, max: 7 });
});

test('takes the middle of an odd count and the mean of the two middles of an even one', () => {
  expect(summarise([9, 1, 5])?.median).toBe(5);
  expect(summarise([9, 1, 5, 6])?.median).toBe(5.5);
});

test('puts quantiles between the nearest values, whatever their order', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(summarise(values)).toMatchObject({ count: 101, min: 0, p95: 95, p99: 99, max: 100 });
  expect(summarise([0, 10])?.p95).toBeCloseTo(9.5);
});
