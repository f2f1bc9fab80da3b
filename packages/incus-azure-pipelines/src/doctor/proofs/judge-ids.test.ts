import { expect, test } from 'vitest';
import { hasOwnIds } from './judge-ids.js';

function one(name: string, isolated: string, base: string) {
  const config: Record<string, string> = { 'security.idmap.isolated': isolated };
  return { name, config: base === '' ? config : { ...config, 'volatile.idmap.base': base } };
}
const plain = one('agent', 'false', '1000000');

test.each([
  ['a range of its own', [one('a', 'true', '1065536'), one('b', 'true', '1131072'), plain], true],
  ['the range of all', [one('a', 'false', '1000000'), plain], false],
  ['a range that another one was given, too', [one('a', 'true', '1065536'), one('b', 'true', '1065536')], false],
  ['no range yet', [one('a', 'true', '')], false],
  ['no word of itself', [plain], false],
] as const)('an instance with %s is told by its keys', (_, instances, hasOwn) => {
  expect(hasOwnIds('a', instances)).toBe(hasOwn);
});
