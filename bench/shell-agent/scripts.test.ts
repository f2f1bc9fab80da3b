import { expect, test } from 'vitest';
import { unitStartsIn } from './scripts.js';

test('the starts of both units are read among the lines of a job', () => {
  const lines = ['Starting: sleep', '1790000000.250', '1790000000.375', 'Finishing: sleep'];
  expect(unitStartsIn(lines)).toEqual({ registerAt: 1_790_000_000_250, agentAt: 1_790_000_000_375 });
});

test.each([[['0.000', '0.000']], [['1790000000.250']], [[]]])('%o tell nothing', lines => {
  expect(unitStartsIn(lines)).toBeUndefined();
});
