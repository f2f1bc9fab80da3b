import { expect, test } from 'vitest';
import { expiryNote, tokenWords } from './expiry.js';

test.each([
  [400, undefined, 'expires in 400 days'],
  [30, undefined, 'expires in 30 days'],
  [29, ['waits', 'the token expires in 29 days: Fri 30 Jan, as the configuration says'], undefined],
  [6, ['trouble', 'the token expires in 6 days: Wed 7 Jan, as the configuration says'], undefined],
  [0, ['trouble', 'the token expires today, as the configuration says'], undefined],
  [-1, ['trouble', 'the token has expired: 31 Dec 2025, as the configuration says'], undefined],
])('a token that expires in %i days is told', (days, told, words) => {
  const today = new Date(2026, 0, 1, 9).getTime();
  const tokenExpiresAt = new Date(2026, 0, 1 + days, 1).getTime();
  const note = expiryNote(tokenExpiresAt, today);
  expect(note && [note.kind, note.text]).toEqual(told);
  expect(tokenWords(tokenExpiresAt, today)).toBe(words);
});

test('of a token whose end is not known nothing is told', () => {
  expect(expiryNote(undefined, 0)).toBeUndefined();
  expect(tokenWords(undefined, 0)).toBeUndefined();
});
