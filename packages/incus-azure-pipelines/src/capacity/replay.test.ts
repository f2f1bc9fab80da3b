import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPool, NOW } from '../../test/simulation/examples.js';
import type { PoolSpec } from '../model/pool.js';
import type { TracedJob } from '../model/trace.js';
import { DURATIONS } from './durations.js';
import { replay } from './replay.js';

const OPTIONS = { durations: DURATIONS, azurePollIntervalMs: 10_000, maxConcurrentCreates: 2 };
const { activatingMs, creatingMs, preparingMs, startingMs, takingMs } = DURATIONS;

function jobs(count: number, everyMs: number, runMs: number): readonly TracedJob[] {
  const job = { runMs, demands: [], waitedMs: undefined };
  return Array.from({ length: count }, (_, n) => ({ ...job, queuedAt: NOW + n * everyMs }));
}

function replayed(trace: readonly TracedJob[], given: Partial<PoolSpec>, options: Partial<typeof OPTIONS> = {}) {
  return replay(trace, aPool(given), { ...OPTIONS, ...options });
}

describe('in a pool that may have no agent', () => {
  test('a job waits until one is made for it', () => {
    const { created, waitsMs } = replayed(jobs(3, 3_600_000, 60_000), { agentCount: 2, standby: 0, reserve: 0 });
    expect(created).toBe(3);
    const made = creatingMs + preparingMs + activatingMs + startingMs + takingMs;
    for (const waitMs of waitsMs) expect(waitMs).toBeGreaterThanOrEqual(made);
  });
});

describe('in a pool of fixed size', () => {
  test('a job that finds an idle agent waits for no more than that this one takes it', () => {
    const { created, idleAgentHours, instances, mostBusy, waitsMs } = replayed(jobs(4, 600_000, 60_000), {
      agentCount: 2,
    });
    expect(waitsMs).toEqual([takingMs, takingMs, takingMs, takingMs]);
    expect(mostBusy).toBe(1);
    // Two at first, and one after each job but the last, at whose end it is over.
    expect(created).toBe(5);
    expect(instances.most).toBe(2 + 1);
    expect(idleAgentHours).toBeGreaterThan(2 * 0.4);
  });

  test('a job that finds none waits for an end and for the next agent: activated out of the reserve, or made anew', () => {
    const trace = jobs(2, 0, 60_000);
    const [first = 0, withReserve = 0] = replayed(trace, { agentCount: 1, reserve: 1 }).waitsMs;
    expect(first).toBe(takingMs);
    const next = takingMs + 60_000 + activatingMs + startingMs + takingMs;
    expect(withReserve).toBeGreaterThanOrEqual(next);
    expect(withReserve).toBeLessThan(next + 1_000);
    const without = replayed(trace, { agentCount: 1, reserve: 0 }).waitsMs[1] ?? 0;
    expect(without - withReserve).toBeGreaterThanOrEqual(creatingMs + preparingMs - 1_000);
    expect(without - withReserve).toBeLessThan(creatingMs + preparingMs + 2_000);
  });

  test('jobs are taken in the order in which they came, and each of them once', () => {
    const { busyAgentHours, waitsMs } = replayed(jobs(50, 1_000, 30_000), { agentCount: 3 });
    expect(waitsMs).toHaveLength(50);
    expect(waitsMs).toEqual(waitsMs.toSorted((a, b) => a - b));
    expect(busyAgentHours).toBeCloseTo((50 * (30_000 + takingMs)) / 3_600_000);
  });

  test('more agents let nobody wait longer', () => {
    const trace = jobs(60, 7_000, 50_000);
    const longest = [1, 2, 4, 8, 12].map(agentCount =>
      Math.max(...replayed(trace, { agentCount, reserve: 2 }).waitsMs),
    );
    expect(longest).toEqual(longest.toSorted((a, b) => b - a));
    expect(longest.at(-1)).toBe(takingMs);
  });
});

/** The same by plain arithmetic: places, each free again when its job is over and the next agent is online. */
function reckoned(trace: readonly TracedJob[], places: number): readonly number[] {
  const free = Array.from({ length: places }, () => 0);
  return trace.map(({ queuedAt, runMs }) => {
    const first = free.indexOf(Math.min(...free));
    const takenAt = Math.max(queuedAt, free[first] ?? 0) + takingMs;
    free[first] = takenAt + runMs + activatingMs + startingMs;
    return takenAt - queuedAt;
  });
}

test('where the reserve never runs out, waits are what plain arithmetic says, but for what the loop takes to look', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 30_000, max: 120_000 })), {
        minLength: 1,
      }),
      fc.integer({ min: 1, max: 4 }),
      (gaps, agentCount) => {
        let queuedAt = NOW;
        const trace = gaps.map(([gapMs, runMs]) => {
          queuedAt += gapMs;
          return { queuedAt, runMs, demands: [], waitedMs: undefined };
        });
        const wanted = reckoned(trace, agentCount).toSorted((a, b) => a - b);
        const waits = replayed(trace, { agentCount, reserve: agentCount }).waitsMs.toSorted((a, b) => a - b);
        expect(waits).toHaveLength(wanted.length);
        // Each place that a job has had before may be a look of the loop late.
        for (const [index, wait] of waits.entries()) {
          expect(wait).toBeGreaterThanOrEqual(wanted[index] ?? 0);
          expect(wait - (wanted[index] ?? 0)).toBeLessThanOrEqual(100 * trace.length);
        }
      },
    ),
    { numRuns: 30 },
  );
});

describe('in a pool that scales', () => {
  test('a burst has its agents once the queue is read, and they go when they have been idle for long', () => {
    const burst = [...jobs(8, 0, 300_000), ...jobs(1, 0, 1_000).map(job => ({ ...job, queuedAt: NOW + 7_200_000 }))];
    const { idleAgentHours, instances, waitsMs } = replayed(burst, { agentCount: 10, standby: 1, reserve: 1 });
    const [first = 0] = waitsMs;
    expect(first).toBe(takingMs);
    const slowest = Math.max(...waitsMs);
    expect(slowest).toBeGreaterThan(startingMs);
    expect(slowest).toBeLessThan(300_000);
    expect(instances.most).toBeGreaterThanOrEqual(9);
    // Two hours with one idle agent, and no more than the idle timeout of the others on top.
    expect(idleAgentHours).toBeLessThan(2.3 + (9 * 660_000) / 3_600_000);
    expect(instances.mean).toBeLessThan(5);
  });

  test('it has fewer idle hours than one of fixed size, and longer waits', () => {
    const trace = jobs(30, 240_000, 600_000);
    const fixed = replayed(trace, { agentCount: 12 });
    const scaled = replayed(trace, { agentCount: 12, standby: 1 });
    expect(scaled.idleAgentHours).toBeLessThan(fixed.idleAgentHours / 2);
    expect(Math.max(...scaled.waitsMs)).toBeGreaterThanOrEqual(Math.max(...fixed.waitsMs));
  });
});

test.each<[string, Partial<PoolSpec>]>([
  ['a reserve that listens', { reserve: 2, reserveListening: true, registration: 'host' }],
  ['agents that register themselves', { reserve: 1, registration: 'guest' }],
  ['a standby of all', { reserve: 0 }],
])('all jobs are done with %s', (_, given) => {
  expect(replayed(jobs(40, 5_000, 20_000), { agentCount: 4, ...given }).waitsMs).toHaveLength(40);
});

test('durations that are means, and no whole ms, let nobody wait longer', () => {
  const trace = [0, 50_000, 100_000].flatMap(from =>
    jobs(10, 500, 12_000).map(job => ({ ...job, queuedAt: job.queuedAt + from })),
  );
  const longest = (durations: typeof DURATIONS) =>
    Math.max(...replayed(trace, { agentCount: 4, standby: 1, reserve: 1 }, { durations }).waitsMs);
  const whole = longest(DURATIONS);
  const broken = longest({ ...DURATIONS, creatingMs: creatingMs + 0.154, takingMs: takingMs + 0.6 });
  expect(Math.abs(broken - whole)).toBeLessThan(1_000);
});

test('the same trace gives the same outcome', () => {
  const trace = jobs(40, 9_000, 70_000);
  const given = { agentCount: 6, standby: 2, reserve: 1 };
  expect(replayed(trace, given)).toEqual(replayed(trace, given));
});

test('guests that take longer than they may are told, and not made for ever', () => {
  const durations = { ...DURATIONS, preparingMs: 3_600_000 };
  expect(() => replayed(jobs(1, 0, 1_000), { agentCount: 1 }, { durations })).toThrow(
    /1 jobs are never done; .* was not prepared in time/,
  );
});

test('progress is told on the way', () => {
  const told: number[] = [];
  replay(jobs(1_000, 1_000, 100), aPool({ agentCount: 4, reserve: 4 }), {
    ...OPTIONS,
    onProgress: done => told.push(done),
  });
  expect(told).toEqual([0.5, 1]);
});
