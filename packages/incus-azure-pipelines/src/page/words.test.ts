import { expect, test } from 'vitest';
import { clock, count, dayOf, duration, minute, seconds, shortName, tick } from './words.js';

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

test('a time is told with its day where that is not today, and with the year where that is another', () => {
  const today = new Date(2026, 0, 2, 9).getTime();
  const at = (...when: [day: number, month: number, year: number]) =>
    new Date(when[2], when[1] - 1, when[0], 23, 5, 9).getTime();
  expect(clock(at(2, 1, 2026), today)).toBe('23:05:09');
  expect(clock(at(1, 1, 2026), today)).toBe('Thu 1 Jan 23:05:09');
  expect(minute(at(1, 1, 2026), today)).toBe('Thu 1 Jan 23:05');
  expect(clock(at(31, 12, 2025), today)).toBe('31 Dec 2025 23:05:09');
  expect([at(2, 1, 2026), at(1, 1, 2026)].map(when => tick(when, today))).toEqual(['23:05', '23:05\nThu 1 Jan']);
});

test('a day begins at midnight of the place', () => {
  expect(dayOf(new Date(2026, 0, 2, 9, 30).getTime())).toBe(new Date(2026, 0, 2).getTime());
});
