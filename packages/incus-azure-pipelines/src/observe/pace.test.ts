import { expect, test } from 'vitest';
import { NOW, OWNERS } from '../../test/simulation/examples.js';
import { agentName } from '../model/agent-name.js';
import { Pace } from './pace.js';

function agentsOf(hosts: number) {
  return OWNERS.slice(0, hosts).map(owner => ({ name: agentName('host', owner, NOW), online: true }));
}

function paceOf(hosts: number, agentPools = 1): Pace {
  const pace = new Pace(10_000, agentPools);
  pace.saw(agentsOf(hosts), NOW);
  return pace;
}

test.each([
  [1, 1, 10_000, 1_000],
  [5, 1, 20_000, 5_000],
  [40, 1, 80_000, 40_000],
  [1, 5, 20_000, 5_000],
  [8, 5, 80_000, 40_000],
])('%i hosts and %i agent pools: every %i ms, and early ones %i ms apart', (hosts, agentPools, intervalMs, earlyMs) => {
  const pace = paceOf(hosts, agentPools);
  expect(pace.owners.size).toBe(hosts);
  expect(pace.intervalMs).toBeCloseTo(intervalMs);
  expect(pace.earlyMs).toBe(earlyMs);
});

test('is exact where one reads alone, and else a little longer by chance, so that nobody keeps in step', () => {
  expect(paceOf(0).pauseMs(() => 0.9)).toBe(10_000);
  expect(paceOf(1).pauseMs(() => 0.9)).toBe(10_000);
  expect(paceOf(5).pauseMs(() => 0)).toBeCloseTo(20_000);
  expect(paceOf(5).pauseMs(() => 0.5)).toBeCloseTo(22_000);
});
