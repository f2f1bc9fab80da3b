import { describe, expect, test } from 'vitest';
import { BASE_FAULTS } from './base-faults.js';
import { type Brain, realBrain } from './brain.js';
import { keepersOf } from './keeper.js';
import { passesNobodyOver } from './queue-mutants.js';
import { CALM, type Scenario } from './scenario.js';
import { World } from './world.js';

/** The second pool builds its base, and the first has found out that its own is of no use. */
const START_MS = 600_000;
const STEP_MS = 180_000;
const SEEDS = [1, 2, 3];
const JOBS = 4;

/** How many of the jobs wait for longer than a step: of two pools of one agent pool the first in the file has a base of no use. */
function left(seed: number, broken: string, brain: Brain = realBrain): number {
  const pool = { agentCount: 5, standby: 0, reserve: 0, reserveListening: false };
  const scenario: Scenario = {
    seed,
    pools: [pool, pool],
    shared: true,
    sideBySide: false,
    maxConcurrentCreates: 3,
    jobsPerMinute: 0,
    azurePollMs: 10_000,
    maxJobMs: undefined,
    hostRegisters: true,
    stormMs: 0,
    faults: CALM,
  };
  const world = new World(scenario);
  world.longestJobMs = Number.POSITIVE_INFINITY;
  world.azure.cancelled = 0;
  world.wantedBase.set('pool-0', world.baseName('pool-0', Number(broken.slice(1))));
  keepersOf(world, brain);
  world.timeline.runUntil(world.timeline.now + START_MS);
  const key = world.keyOf('pool-1');
  for (let job = 0; job < JOBS; job++) world.azure.enqueue(key, []);
  world.timeline.runUntil(world.timeline.now + STEP_MS);
  return world.azure.queued(key);
}

describe.each(Object.keys(BASE_FAULTS))('a pool whose base is of no use, %s,', broken => {
  test('leaves what waits to the next that has room', () => {
    expect(SEEDS.map(seed => left(seed, broken))).toEqual([0, 0, 0]);
  });

  test('is found out where it is not passed over', () => {
    const brain = { ...realBrain, shareQueue: passesNobodyOver };
    expect(Math.max(...SEEDS.map(seed => left(seed, broken, brain)))).toBeGreaterThan(0);
  });
});
