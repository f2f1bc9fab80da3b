import { expect, test } from 'vitest';
import { aForecast } from '../../test/a-forecast.js';
import { conclusion, HEAD, introduction, rowOf } from './capacity-text.js';

const FACTS = {
  pool: 'linux',
  jobs: 1_234,
  fromAt: Date.UTC(2026, 10, 2, 8),
  toAt: Date.UTC(2026, 10, 16, 8, 30),
  asItWas: { p50Ms: 1_000, p95Ms: 59_999, p99Ms: 90_000, mostMs: 7_200_000 },
  notes: ['Left out: 2 that still wait or run.'],
  memoryBytes: 4 * 2 ** 30,
};
const FORECASTS = [
  aForecast({ agents: 8, p95Ms: 80_000 }),
  aForecast({ agents: 16, p95Ms: 4_000 }),
  aForecast({ agents: 24, p95Ms: 4_000 }),
];

test('it begins with which jobs they are, what they waited then, and what is left out', () => {
  expect(introduction(FACTS)).toBe(
    [
      '1234 jobs for linux, from 2026-11-02 08:00 UTC to 2026-11-16 08:30 UTC.',
      'As it was, they waited 1.0 s (p50), 60.0 s (p95), 1.5 min (p99), the longest 2.0 h.',
      'Left out: 2 that still wait or run.',
      '',
    ].join('\n'),
  );
  expect(introduction({ ...FACTS, asItWas: undefined, notes: [] }).split('\n')).toHaveLength(2);
});

test('a size is one row', () => {
  const [size = aForecast({ agents: 1, p95Ms: 1 })] = FORECASTS;
  expect(rowOf(size)).toEqual(['8', '8', '1.0 s', '1.3 min', '1.3 min', '1.4 min', '12.0', '45 %', '8.0', '9']);
  expect(rowOf(size)).toHaveLength(HEAD.length);
});

test('it ends with the waits as bars, and with the size that is enough and its load', () => {
  expect(conclusion(FORECASTS, FACTS)).toBe(
    [
      'Wait of 95 in 100 jobs, by agents:',
      ` 8 ${'#'.repeat(40)} 1.3 min`,
      '16 ## 4.0 s',
      '24 ## 4.0 s',
      '',
      '16 agents are enough: 95 of 100 jobs wait at most 4.0 s, and hardly less with more. It has at most 17 instances at a time, which may take 68 GiB of memory.',
      '',
    ].join('\n'),
  );
});

test('where the largest does best, it is said that more may do better', () => {
  const text = conclusion(FORECASTS.slice(0, 2), { ...FACTS, memoryBytes: undefined });
  expect(text).toContain('Of these 16 agents do best, and more may do better');
  expect(text).toContain('It has at most 17 instances at a time.');
});
