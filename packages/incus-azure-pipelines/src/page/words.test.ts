import { expect, test } from 'vitest';
import { count, duration, seconds, shortName } from './words.js';

test.each([
  [-5, '0 s'],
  [400, '0 s'],
  [59_700, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('what takes seconds is told with a decimal while that matters', () => {
  expect([seconds(1_250), seconds(9_940), seconds(65_000)]).toEqual(['1.3 s', '9.9 s', '1 min 5 s']);
});

test('a noun agrees with its number', () => {
  expect([count(1, 'job'), count(2, 'job')]).toEqual(['1 job', '2 jobs']);
});

test('an agent is told from others by the end of its name', () => {
  expect(shortName('my-host-a1b2c3-mabc12')).toBe('mabc12');
});
