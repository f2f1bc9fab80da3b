import { expect, test } from 'vitest';
import { Rings } from './rings.js';

function rung(...times: number[]): Rings {
  const rings = new Rings();
  for (const at of times) rings.ring('a', at);
  return rings;
}

test('the last ring is told, of each guest its own', () => {
  expect(rung(5, 9).lastAt('a')).toBe(9);
  expect(rung(5, 9).lastAt('b')).toBeUndefined();
});

test('more than ten rings in ten seconds are noise', () => {
  const every = (ms: number, count: number) => Array.from({ length: count }, (_, n) => n * ms);
  expect(rung(...every(100, 10)).isNoisy('a')).toBe(false);
  expect(rung(...every(100, 11)).isNoisy('a')).toBe(true);
  expect(rung(...every(1_000, 100)).isNoisy('a')).toBe(false);
});

test('those who are no more are forgotten', () => {
  const rings = rung(1);
  rings.ring('b', 2);
  rings.keepOnly(new Set(['b']));
  expect([rings.lastAt('a'), rings.lastAt('b')]).toEqual([undefined, 2]);
});

test('a guest has rung since its keys were changed when a later ring is heard after that', () => {
  const rings = rung(9);
  rings.changed('a', 6);
  expect(rings.rangSinceChange('a')).toBe(false);
  rings.ring('a', 5);
  expect(rings.rangSinceChange('a')).toBe(false);
  rings.ring('a', 7);
  rings.changed('a', 6);
  expect(rings.rangSinceChange('a')).toBe(true);
  rings.changed('a', 8);
  expect(rings.rangSinceChange('a')).toBe(false);
});

test('what was changed before a guest rang first is no mark, nor does a change that comes late take a newer one back', () => {
  const rings = new Rings();
  rings.changed('a', 1);
  rings.ring('a', 2);
  expect(rings.rangSinceChange('a')).toBe(false);
  rings.changed('a', 5);
  rings.changed('a', 3);
  rings.ring('a', 4);
  expect(rings.rangSinceChange('a')).toBe(false);
});
