import { expect, test } from 'vitest';
import { NOW } from '../../test/simulation/examples.js';
import { seenPreparation } from './seen-preparation.js';

function death(tookMs: number, pool = 'linux') {
  const phases = [
    { phase: 'preparing', at: NOW + 100 },
    { phase: 'prepared', at: NOW + tookMs },
  ] as const;
  return { pool, createdAt: NOW, phases };
}

test('the median of the guests of the pool counts, from their making until they were seen prepared', () => {
  const deaths = [4_000, 2_000, 90_000, 3_000, 5_000].map(ms => death(ms));
  expect(seenPreparation([...deaths, death(1, 'other')], 'linux')).toEqual({ ms: 4_000, count: 5 });
});

test('few tell nothing, and those least of all that were never seen prepared, or made by a clock that is ahead', () => {
  const deaths = [4_000, 2_000, 3_000, 5_000].map(ms => death(ms));
  const useless = [death(-50), { ...death(1), phases: [] }, { ...death(1), createdAt: undefined }];
  expect(seenPreparation([...deaths, ...useless], 'linux')).toBeUndefined();
});
