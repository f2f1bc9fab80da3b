import { describe, expect, test } from 'vitest';
import { aForecast } from '../../test/a-forecast.js';
import { aPool, NOW } from '../../test/simulation/examples.js';
import { DAYS } from '../model/standby.js';
import { DURATIONS } from './durations.js';
import { enough, forecast, poolOfSize, waitsOf } from './forecast.js';

test('waits are those of jobs: so many of a hundred do not exceed it', () => {
  const waits = Array.from({ length: 200 }, (_, n) => n + 1).toReversed();
  expect(waitsOf(waits)).toEqual({ p50Ms: 100, p95Ms: 190, p99Ms: 198, mostMs: 200 });
  expect(waitsOf([7])).toEqual({ p50Ms: 7, p95Ms: 7, p99Ms: 7, mostMs: 7 });
});

describe('a pool of another size', () => {
  test.each([
    ['stays of fixed size', { agentCount: 4, standby: 4 }, 9, undefined, 9],
    ['keeps the standby that is configured', { agentCount: 4, standby: 2 }, 9, undefined, 2],
    ['has the standby that is asked for', { agentCount: 4, standby: 4 }, 9, 3, 3],
    ['has no more standby than agents', { agentCount: 4, standby: 3 }, 2, undefined, 2],
  ])('%s', (_, given, agents, standby, kept) => {
    expect(poolOfSize(aPool(given), agents, standby)).toMatchObject({ agentCount: agents, standby: kept });
  });

  test('follows the clock within its size, unless a standby is asked for', () => {
    const standbyHours = [{ standby: 4, days: DAYS, fromMinute: 0, toMinute: 60, timezone: 'UTC' }];
    const spec = aPool({ agentCount: 4, standby: 1, standbyHours });
    expect(poolOfSize(spec, 3, undefined)).toMatchObject({ standby: 1, standbyHours: [{ standby: 3, toMinute: 60 }] });
    expect(poolOfSize(spec, 3, 2)).not.toHaveProperty('standbyHours');
  });
});

describe('enough are', () => {
  test('the fewest agents whose wait hardly differs from the best', () => {
    const waits = [90_000, 11_000, 10_400, 10_000];
    const forecasts = waits.map((p95Ms, index) => aForecast({ agents: index + 1, p95Ms }));
    expect(enough(forecasts)?.agents).toBe(2);
  });

  test('where waits are short, those that are slower by less than a second', () => {
    const forecasts = [2_100, 1_900, 1_000].map((p95Ms, index) => aForecast({ agents: index + 1, p95Ms }));
    expect(enough(forecasts)?.agents).toBe(2);
  });
});

test('a forecast has the part of the time for which agents were busy', () => {
  const jobs = Array.from({ length: 10 }, (_, n) => ({
    queuedAt: NOW + n * 600_000,
    runMs: 299_000,
    demands: [],
    waitedMs: undefined,
  }));
  const options = { durations: DURATIONS, azurePollIntervalMs: 10_000, maxConcurrentCreates: 2 };
  const { agents, busyShare, standby, waits } = forecast(jobs, aPool({ agentCount: 1, reserve: 1 }), options);
  expect({ agents, standby, waits: waits.mostMs }).toEqual({ agents: 1, standby: 1, waits: DURATIONS.takingMs });
  expect(busyShare).toBeGreaterThan(0.5);
  expect(busyShare).toBeLessThan(0.6);
});
