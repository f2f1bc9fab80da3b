import { expect, test } from 'vitest';
import { earlySpacing, pollingOf, sharedInterval } from './poll-spacing.js';

const INTERVAL_MS = 10_000;
/** A list of agents and one of what waits. */
const CALLS = 2;

function callsAMinute(readers: number): number {
  return (readers * CALLS * 60_000) / sharedInterval(INTERVAL_MS, readers);
}

test.each([
  [1, 12],
  [2, 16.5],
  [5, 30],
  [40, 60],
  [100, 60],
])('%i daemons make %d calls a minute together on one agent pool', (readers, calls) => {
  expect(callsAMinute(readers)).toBeCloseTo(calls);
});

test('the more read, the more seldom each does, and the more calls they make together, up to one a second', () => {
  for (let readers = 1; readers < 100; readers++) {
    expect(sharedInterval(INTERVAL_MS, readers + 1)).toBeGreaterThan(sharedInterval(INTERVAL_MS, readers));
    expect(callsAMinute(readers + 1)).toBeGreaterThanOrEqual(callsAMinute(readers) - 1e-9);
    expect(callsAMinute(readers)).toBeLessThanOrEqual(60 + 1e-9);
    expect((readers * 60_000) / earlySpacing(readers)).toBeCloseTo(60);
  }
});

test('a thousand owners that somebody makes up slow the reading down twentyfold at most', () => {
  expect(sharedInterval(INTERVAL_MS, 1000)).toBeCloseTo(20 * INTERVAL_MS);
});

test('agent pools of one organisation share its budget', () => {
  const pool = (url: string, agentPool: string) => ({ azure: { url, agentPool } });
  const pools = [pool('https://a.example', 'x'), pool('https://a.example', 'x'), pool('https://a.example', 'y')];
  const spec = { azurePollIntervalMs: INTERVAL_MS, pools: [...pools, pool('https://b.example', 'x')] };
  expect(pollingOf(pools[0]?.azure ?? { url: '', agentPool: '' }, spec)).toEqual({
    agentPool: 'x',
    pollIntervalMs: INTERVAL_MS,
    agentPools: 2,
  });
  expect(pollingOf({ url: 'https://b.example', agentPool: 'x' }, spec)).toMatchObject({ agentPools: 1 });
});
