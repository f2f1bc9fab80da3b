import { expect, test } from 'vitest';
import { NOW, OWNERS } from '../../test/simulation/examples.js';
import { agentName } from '../model/agent-name.js';
import { Pace } from './pace.js';

function paceOf(hosts: number, agentPools = 1): Pace {
  const pace = new Pace(10_000, agentPools);
  pace.saw(
    OWNERS.slice(0, hosts).map(owner => ({ name: agentName('host', owner, NOW), online: true })),
    NOW,
  );
  return pace;
}

test.each([
  [1, 1, 10_000],
  [5, 1, 20_000],
  [40, 1, 80_000],
  [1, 5, 20_000],
  [8, 5, 80_000],
])('%i hosts and %i agent pools: every %i ms', (hosts, agentPools, intervalMs) => {
  const pace = paceOf(hosts, agentPools);
  expect(pace.owners.size).toBe(hosts);
  expect(pace.intervalMs).toBeCloseTo(intervalMs);
});

test('is exact where one reads alone, and else a little longer by chance, so that nobody keeps in step', () => {
  const pauseMs = (hosts: number, random: number) => {
    const pace = paceOf(hosts);
    pace.reads(2, NOW);
    return pace.pauseMs(2, () => random);
  };
  expect(pauseMs(0, 0.9)).toBe(10_000);
  expect(pauseMs(1, 0.9)).toBe(10_000);
  expect(pauseMs(5, 0)).toBeCloseTo(20_000);
  expect(pauseMs(5, 0.5)).toBeCloseTo(21_000);
});

test.each([
  [1, 10_000],
  [5, 20_000],
  [40, 80_000],
])(
  'of %i hosts that read the queue each may take the reading of the next %i ms early, and waits for the one after',
  (hosts, ms) => {
    const pace = paceOf(hosts);
    pace.reads(2, NOW);
    expect(pace.earlyMs).toBeLessThan(ms);
    pace.reads(2, NOW + 0.6 * ms);
    expect(pace.earlyMs).toBeGreaterThan(0.4 * ms - 1);
    expect(pace.pauseMs(2, () => 0)).toBeCloseTo(1.4 * ms);
  },
);

test.each([
  [1, 15, 60_000],
  [5, 9, 60_000],
  [40, 5, 80_000],
])(
  '%i hosts that read no queue make at most %i lists each in %i ms, however many are asked for early',
  (hosts, most, ms) => {
    const pace = paceOf(hosts);
    const at: number[] = [];
    for (
      let now = NOW;
      now < NOW + 10 * ms;
      now += Math.min(
        pace.earlyMs,
        pace.pauseMs(1, () => 0),
      )
    ) {
      pace.reads(1, now);
      at.push(now);
    }
    const lists = at.map(from => at.filter(now => now >= from && now < from + ms).length);
    expect(Math.max(...lists)).toBeLessThanOrEqual(most);
  },
);

test('what was read counts on for whoever goes on from another, and a clock that is put back gives nothing', () => {
  const [before, after] = [paceOf(5), paceOf(0)];
  before.reads(2, NOW);
  before.reads(2, NOW + 1_000);
  after.continueFrom(before);
  expect(after.earlyMs).toBeCloseTo(before.earlyMs);
  after.reads(2, NOW - 3_600_000);
  expect(after.earlyMs).toBeGreaterThan(before.earlyMs);
});
