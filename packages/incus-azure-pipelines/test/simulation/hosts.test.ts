import { describe, expect, test } from 'vitest';
import { sharedInterval } from '../../src/observe/poll-spacing.js';
import { AzureBudget } from './azure-budget.js';
import { realBrain } from './brain.js';
import { Hosts, type HostsGiven } from './hosts.js';
import { takesNoNotice } from './queue-mutants.js';

/** The queue is read, what is left to hosts without room is passed on, and agents are made, in a simulated world. */
const STEP_MS = 180_000;
const MINUTE_MS = 60_000;
/** What worlds of several hosts read at, where one is alone. */
const POLL_MS = 10_000;
/** The service adds up what an identity spends in so many minutes. */
const COUNTED = 5;
const SEEDS = [1, 2, 3, 4, 5, 6];
/** Azure answers late: with a state of some seconds ago. */
const LATE = { azureLags: 0.3 };
const UNITS = 200;
const timeout = 120_000;

function started(given: Omit<HostsGiven, 'faults'>): Hosts {
  return new Hosts({ ...given, faults: LATE }).start();
}

function roomFor(hosts: number): number[] {
  return Array.from({ length: hosts }, () => 10);
}

describe.each([2, 3, 5])('%i hosts with room', hosts => {
  test.each([1, 8, 15])('make no more than one agent too many each for %i jobs', { timeout }, jobs => {
    for (const seed of SEEDS) {
      const { made, waitedMs } = started({ seed, room: roomFor(hosts) }).burst(jobs, STEP_MS);
      expect({ seed, isInTime: waitedMs !== undefined }).toEqual({ seed, isInTime: true });
      expect(made - jobs).toBeLessThanOrEqual(hosts);
    }
  });
});

test('hosts that take no notice of each other are found out', { timeout }, () => {
  const brain = { ...realBrain, shareQueue: takesNoNotice };
  const tooMany = SEEDS.map(seed => started({ seed, room: roomFor(3), brain }).burst(8, STEP_MS).made - 8);
  expect(Math.max(...tooMany)).toBeGreaterThan(3);
});

test.each([
  [[1, 12], 8],
  [[12, 1, 1], 8],
  [[1, 1, 1, 1, 20], 16],
  [[1, 12, 12, 12], 8],
])('no job waits for a host without room where there is one: %j, %i jobs', { timeout }, (room, jobs) => {
  for (const seed of SEEDS) {
    const { made, waitedMs } = started({ seed, room }).burst(jobs, STEP_MS);
    expect({ seed, isInTime: waitedMs !== undefined }).toEqual({ seed, isInTime: true });
    expect(made - jobs).toBeLessThanOrEqual(room.length);
  }
});

test.each([
  [1, 12],
  [5, 30],
  [40, 60],
])(
  '%i daemons make %i calls a minute at most while nothing happens, well within their budget',
  { timeout },
  (hosts, calls) => {
    const pool = new Hosts({ seed: 1, room: Array.from({ length: hosts }, () => 2) }).start();
    const budget = new AzureBudget({ units: UNITS, perCall: 0.5 });
    pool.world.azure.budget = budget;
    const minutes = 20;
    pool.pass(minutes * MINUTE_MS);
    expect(budget.calls / minutes).toBeLessThanOrEqual(calls);
    expect(budget.refused).toBe(0);
  },
);

test.each([
  [1, 12, 8, false],
  [5, 30, 30, false],
  [40, 60, 60, true],
])(
  '%i daemons make %i calls a minute at most to read, in a burst of %i long jobs too',
  { timeout },
  (hosts, calls, jobs, isThrottled) => {
    const pool = new Hosts({ seed: 1, room: roomFor(hosts) }).start();
    const budget = new AzureBudget({ units: UNITS, perCall: 0.5 });
    pool.world.azure.budget = budget;
    const { timeline } = pool.world;
    const from = timeline.now;
    expect(pool.burst(jobs, 10 * STEP_MS).waitedMs).toBeDefined();
    pool.endJobs();
    pool.pass(2 * STEP_MS);
    const minutes = (timeline.now - from) / MINUTE_MS;
    expect(budget.readings(from, timeline.now) / minutes).toBeLessThanOrEqual(calls);
    // Hosts in step have all a reading at the beginning of five minutes, and one at their end.
    const most = 2 * hosts * Math.ceil((COUNTED * MINUTE_MS) / sharedInterval(POLL_MS, hosts)) + 1;
    for (let at = from; at <= timeline.now - COUNTED * MINUTE_MS; at += MINUTE_MS)
      expect(budget.readings(at, at + COUNTED * MINUTE_MS)).toBeLessThanOrEqual(most);
    // What is done to agents costs calls too, and is slowed down rather than lost.
    expect(budget.refused > 0).toBe(isThrottled);
    expect(pool.jobsDone).toBe(jobs);
  },
);

test.each([
  [1, 40],
  [5, 60],
])(
  '%i daemons read at their interval, and each once more, while %i jobs end within seconds of their beginning',
  { timeout },
  (hosts, jobs) => {
    const pool = new Hosts({ seed: 1, room: roomFor(hosts) }).start();
    const budget = new AzureBudget();
    pool.world.azure.budget = budget;
    const { timeline } = pool.world;
    const from = timeline.now;
    expect(pool.burstOfShortJobs(jobs, 3_000, 10 * STEP_MS)).toBe(true);
    // Each asks for one early, by which it learns that jobs are so short.
    const readings = 1 + Math.ceil((timeline.now - from) / sharedInterval(POLL_MS, hosts));
    expect(budget.readings(from, timeline.now)).toBeLessThanOrEqual(2 * hosts * readings);
  },
);

test('an identity that has spent its budget loses no job', { timeout }, () => {
  const jobs = 15;
  const pool = started({ seed: 1, room: roomFor(5) });
  const budget = new AzureBudget({ units: UNITS, perCall: 4 });
  pool.world.azure.budget = budget;
  pool.burst(jobs, 10 * STEP_MS);
  pool.pass(10 * MINUTE_MS);
  expect(budget.refused).toBeGreaterThan(0);
  expect(pool.working).toBe(jobs);
  pool.endJobs();
  expect(pool.jobsDone).toBe(jobs);
});
