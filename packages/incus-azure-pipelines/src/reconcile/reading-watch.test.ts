import { expect, test } from 'vitest';
import { known, unknown } from '../../test/simulation/examples.js';
import { ReadingWatch } from './reading-watch.js';

test('what is read without a break is so since its first reading, and after a failure since the next', () => {
  const watch = new ReadingWatch(() => {});
  watch.note('Incus', known([], 10));
  watch.note('Incus', known([], 20));
  expect(watch.readableSince('Incus')).toBe(10);
  watch.note('Incus', unknown(30));
  expect(watch.readableSince('Incus')).toBeUndefined();
  watch.note('Incus', known([], 40));
  expect(watch.readableSince('Incus')).toBe(40);
});
