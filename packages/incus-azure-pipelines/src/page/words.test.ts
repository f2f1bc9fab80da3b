import { expect, test } from 'vitest';
import { count, duration, seconds, shortName } from './words.js';

test.each([
  [-5, '0\u00a0s'],
  [400, '0\u00a0s'],
  [59_700, '1\u00a0min'],
  [61_000, '1\u00a0min 1\u00a0s'],
  [3_600_000, '1\u00a0h'],
  [7_500_000, '2\u00a0h 5\u00a0min'],
  [90_000_000, '1\u00a0d 1\u00a0h'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('what takes seconds is told with a decimal while that matters', () => {
  expect([seconds(1_250), seconds(9_940), seconds(65_000)]).toEqual([
    '1.3\u00a0s',
    '9.9\u00a0s',
    '1\u00a0min 5\u00a0s',
  ]);
});

test('a noun agrees with its number', () => {
  expect([count(1, 'job'), count(2, 'job')]).toEqual(['1 job', '2 jobs']);
});

test('an agent is told from others by the end of its name', () => {
  expect(shortName('my-host-a1b2c3-mabc12')).toBe('mabc12');
});
