import { expect, test } from 'vitest';
import { FAULTS } from './fault.js';
import { renderTally } from './report.js';
import { availability, brokenPromises, type Tally } from './tally.js';
import type { JudgedJob, Verdict } from './verdict.js';

const HOLDINGS = { descriptors: 25, sockets: 9, timers: 4, loopDevices: 1 };
const TIME = { wantedMs: 100_000, availableMs: 89_950, handoverMs: 10_000 };

function aJob(verdict: Verdict): JudgedJob {
  const job = { name: 'job 7', result: 'abandoned', agentName: 'a1', lines: [], queuedAt: 0 } as const;
  return { job, verdict, fault: verdict === 'faulted' ? 'stop-instance' : undefined };
}

function aTally(given: Partial<Tally> = {}): Tally {
  return {
    seed: 42,
    minutes: 10,
    agentCount: 3,
    reserve: 1,
    faults: FAULTS.map(kind => ({ kind, struck: 12, missed: 1, outageMs: 123_456, jobsLost: 3 })),
    jobs: [aJob('ran'), aJob('faulted')],
    wholeAfterMs: 12_345,
    strayInstances: [],
    strayRegistrations: [],
    daemonLives: 9,
    daemonEnds: [],
    refusedStarts: 2,
    before: HOLDINGS,
    after: HOLDINGS,
    slots: { counted: TIME, all: TIME },
    slotsByDaemon: TIME,
    ...given,
  };
}

test('a run without anything amiss keeps every promise, a job lost to a fault that hit it included', () => {
  expect(brokenPromises(aTally())).toEqual([]);
  expect(renderTally(aTally())).toContain('         job 7 (stop-instance)');
  expect(renderTally(aTally()).at(-1)).toBe('Every promise was kept.');
});

test.each<[Partial<Tally>, string]>([
  [{ jobs: [aJob('ours')] }, 'job 7 was lost to no fault: abandoned, agent a1'],
  [{ jobs: [aJob('twice')] }, 'job 7 ran more than once: abandoned, agent a1'],
  [{ jobs: [aJob('unfinished')] }, 'job 7 has no end: abandoned, agent a1'],
  [{ wholeAfterMs: undefined }, 'the pool is not whole again'],
  [{ strayInstances: ['i1'] }, 'instance i1 is left over'],
  [{ strayRegistrations: ['r1'] }, 'registration r1 is left over'],
  [{ daemonEnds: ['code 1: oh'] }, 'the daemon ended by itself: code 1: oh'],
  [{ after: { ...HOLDINGS, timers: 5 } }, 'leaked: timers 4 → 5'],
])('a broken promise is named: %j', (given, promise) => {
  expect(brokenPromises(aTally(given))).toEqual([promise]);
  expect(renderTally(aTally(given)).slice(-2)).toEqual(['BROKEN', promise]);
});

test('fits a terminal of 80 columns', () => {
  const lines = renderTally(aTally({ strayInstances: Array.from({ length: 9 }, (_, n) => `an-instance-${n}`) }));
  expect(lines.filter(line => line.length > 80)).toEqual([]);
});

test('the availability is that of the slot-seconds that were due, and is never rounded up', () => {
  expect(availability(TIME)).toBeCloseTo(0.99944, 5);
  expect(availability({ wantedMs: 0, availableMs: 0, handoverMs: 0 })).toBeUndefined();
  const text = renderTally(aTally({ slots: { counted: { ...TIME, availableMs: 89_909.9 }, all: TIME } })).join('\n');
  expect(text).toContain('99.899 % available; the objective of 99.900 % is NOT met');
});
