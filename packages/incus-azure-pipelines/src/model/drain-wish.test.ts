import { expect, test } from 'vitest';
import { type DrainWish, formatWish, parseWish } from './drain-wish.js';

test.each<[DrainWish, string]>([
  [{ kind: 'host' }, '*'],
  [{ kind: 'host-until-boot', boot: '5c1a-77' }, '*:5c1a-77'],
  [{ kind: 'pool', pool: 'linux' }, 'linux'],
  [{ kind: 'pool-until-boot', pool: 'linux', boot: '5c1a-77' }, 'linux:5c1a-77'],
  [{ kind: 'agent', agent: 'ci-a1b2c3-mwtxpuqj' }, 'agent:ci-a1b2c3-mwtxpuqj'],
])('%j is kept as %s', (wish, line) => {
  expect(formatWish(wish)).toBe(line);
  expect(parseWish(line)).toEqual(wish);
});
