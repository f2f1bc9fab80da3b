import { expect, test } from 'vitest';
import { parseSizes } from './sizes.js';

test.each<[string, readonly number[]]>([
  ['8', [8]],
  ['8..11', [8, 9, 10, 11]],
  ['8..40/8', [8, 16, 24, 32, 40]],
  ['8..13/4', [8, 12]],
  ['4, 2,2..3', [2, 3, 4]],
])('%s are the sizes %j', (text, sizes) => {
  expect(parseSizes(text)).toEqual(sizes);
});

test.each([
  ['', '"" is no number of agents; write 8, 8..40 or 8..40/4'],
  ['eight', '"eight" is no number of agents'],
  ['8..', '"8.." is no number of agents'],
  ['0..4', 'a pool has from 1 to 1000 agents'],
  ['8..1001', 'a pool has from 1 to 1000 agents'],
  ['8..40/0', 'a pool has from 1 to 1000 agents'],
  ['40..8', '40 is more than 8; write the smaller number first'],
  ['1..101', '101 sizes are too many'],
])('%j is refused: %s', (text, says) => {
  expect(() => parseSizes(text)).toThrow(says);
});
