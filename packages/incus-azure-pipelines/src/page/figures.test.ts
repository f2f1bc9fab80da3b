import { expect, test } from 'vitest';
import { loadColumns, replacementColumns, spread } from './figures.js';

test('there is a hole in the lines where the daemon did not run', () => {
  const figure = (at: number) => ({ at, busy: 1, live: 2, target: 3 });
  const load = [figure(10_000), figure(20_000), figure(120_000)];
  expect(loadColumns(load, 15_000)).toEqual([
    [10, 20, 70, 120],
    [1, 1, null, 1],
    [2, 2, null, 2],
    [3, 3, null, 3],
  ]);
  expect(loadColumns(load, 60_000)[0]).toEqual([10, 20, 120]);
  expect(loadColumns([figure(10_000), figure(30_000)], 1_000)[0]).toEqual([10, 30]);
});

test('replacements are told in seconds', () => {
  expect(replacementColumns([{ at: 5_000, ms: 1_500, pool: 'linux' }])).toEqual([[5], [1.5]]);
});

test('the middle one and the longest are told where there are any', () => {
  const all = [3, 1, 2].map(ms => ({ at: 0, ms, pool: 'linux' }));
  expect(spread(all)).toEqual({ median: 2, longest: 3 });
  expect(spread([])).toBeUndefined();
});
