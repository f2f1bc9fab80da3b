import { expect, test } from 'vitest';
import { secretMask } from './secret-mask.js';

test('hides patterns and values wherever they stand', () => {
  const mask = secretMask(['tok[0-9]+'], ['a.b(c']);
  expect(mask('tok12 a.b(c tok3 axb(c')).toBe('*** *** *** axb(c');
});

test('takes a pattern that does not compile for the text itself', () => {
  expect(secretMask(['(broken'], [])('see (broken here')).toBe('see *** here');
});

test('does not hide what is too short to be a secret', () => {
  expect(secretMask([], ['a', ''])('a banana')).toBe('a banana');
});
