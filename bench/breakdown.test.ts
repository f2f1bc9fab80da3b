import { expect, test } from 'vitest';
import { breakdownOf } from './breakdown.js';

function way(...times: readonly (number | undefined)[]) {
  return times.map((at, index) => ({ label: 'abc'[index] ?? '', at }));
}

test('takes the median of each step', () => {
  const steps = breakdownOf([way(0, 10, 11), way(100, 130, 131), way(200, 220, 225)]);
  expect(steps.map(({ from, to, medianMs }) => [from, to, medianMs])).toEqual([
    ['a', 'b', 20],
    ['b', 'c', 1],
  ]);
});

test('counts a step only where both of its moments are known', () => {
  const steps = breakdownOf([way(0, undefined, 7), way(0, 4, 9)]);
  expect(steps.map(({ count, medianMs }) => [count, medianMs])).toEqual([
    [1, 4],
    [1, 5],
  ]);
});

test('has no steps where nothing was seen', () => {
  expect(breakdownOf([])).toEqual([]);
});
