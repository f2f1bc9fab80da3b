import { expect, test } from 'vitest';
import { parseOptions } from './options.js';

test('soaks for half an hour when nothing is said', () => {
  expect(parseOptions([])).toEqual({ minutes: 30 });
  expect(parseOptions(['--minutes', '2'])).toEqual({ minutes: 2 });
});

test.each(['0', 'long', '1000000'])('refuses %s minutes', minutes => {
  expect(() => parseOptions(['--minutes', minutes])).toThrow(`--minutes ${minutes}: not from 1 to 10080`);
});
