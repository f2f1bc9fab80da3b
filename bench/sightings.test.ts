import { expect, test } from 'vitest';
import { largestGap, replacementsOf, type Sighting } from './sightings.js';

function seen(...texts: readonly string[]): readonly Sighting[] {
  return texts.map((text, at) => {
    const [kind, name] = text.split(' ');
    return { kind: kind === 'online' ? 'online' : 'done', name: name ?? '', at };
  });
}

test('pairs an end with the agent that fills the place', () => {
  expect(replacementsOf(seen('online a', 'online b', 'done b', 'online c'), 2)).toEqual([
    { ended: 'b', doneAt: 2, replacement: 'c', onlineAt: 3 },
  ]);
});

test('gives the earlier of two ends the earlier of two agents', () => {
  const sightings = seen('online a', 'online b', 'done b', 'done a', 'online c', 'online d');
  expect(replacementsOf(sightings, 2).map(({ ended, replacement }) => `${ended} ${replacement}`)).toEqual([
    'b c',
    'a d',
  ]);
});

test('leaves out an end whose place is still empty', () => {
  expect(replacementsOf(seen('online a', 'done a'), 1)).toEqual([]);
});

test('takes what came in by its time, not in the order of its arrival', () => {
  const late = [...seen('online a', 'done a', 'online b')].toReversed();
  expect(replacementsOf(late, 1)).toHaveLength(1);
});

test('finds the longest pause between arrivals, in whatever order they are told', () => {
  expect(largestGap([500, 0, 100, 900])).toBe(400);
  expect(largestGap([7])).toBe(0);
});
