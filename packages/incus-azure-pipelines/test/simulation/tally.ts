import type { AgentPhase } from '../../src/model/agent.js';
import type { Fault } from './faults.js';

/** How often each of some things was seen. */
export type Counts = Readonly<Record<string, number>>;

/** What happened in some worlds, as plain data, so that it can be sent, added up and printed. */
export interface Tally {
  readonly worlds: number;
  readonly passes: number;
  readonly jobs: number;
  readonly instances: number;
  /** The longest that a world took from the end of its storm until all had come right. */
  readonly slowestPeaceMs: number;
  readonly faults: Counts;
  /** By `pairOf`: how often a fault struck while an agent was in a phase. */
  readonly pairs: Counts;
  /** By the step that a daemon was waiting for when it was killed. */
  readonly crashes: Counts;
  /** By promise: how often it was checked. */
  readonly checks: Counts;
}

export const NOTHING: Tally = {
  worlds: 0,
  passes: 0,
  jobs: 0,
  instances: 0,
  slowestPeaceMs: 0,
  faults: {},
  pairs: {},
  crashes: {},
  checks: {},
};

/** Names a fault that struck while an agent was in a phase. */
export function pairOf(phase: AgentPhase, fault: Fault): string {
  return `${phase} / ${fault}`;
}

/** Adds up what happened in different worlds. */
export function sumOf(one: Tally, other: Tally): Tally {
  return {
    worlds: one.worlds + other.worlds,
    passes: one.passes + other.passes,
    jobs: one.jobs + other.jobs,
    instances: one.instances + other.instances,
    slowestPeaceMs: Math.max(one.slowestPeaceMs, other.slowestPeaceMs),
    faults: sumOfCounts(one.faults, other.faults),
    pairs: sumOfCounts(one.pairs, other.pairs),
    crashes: sumOfCounts(one.crashes, other.crashes),
    checks: sumOfCounts(one.checks, other.checks),
  };
}

export function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function sumOfCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
