import { type PoolSpec, scales } from '../model/pool.js';
import type { TracedJob } from '../model/trace.js';
import { type ReplayOptions, replay } from './replay.js';
import type { Outcome } from './tally.js';

/** How long jobs waited, in ms: a half of them, 95 and 99 of a hundred at most so long, and the longest. */
export interface Waits {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** What a pool of one size would have been to the jobs. */
export interface Forecast extends Omit<Outcome, 'waitsMs'> {
  readonly agents: number;
  readonly standby: number;
  readonly waits: Waits;
  /** The part of the time of its agents, idle and busy, in which they were busy. */
  readonly busyShare: number;
}

/** The pool with so many agents; a pool of fixed size stays one, and hours stay in force, unless `standby` says otherwise. */
export function poolOfSize(spec: PoolSpec, agents: number, standby: number | undefined): PoolSpec {
  const { standbyHours, ...rest } = spec;
  const within = (idle: number) => Math.min(idle, agents);
  const sized = { ...rest, agentCount: agents, standby: within(standby ?? (scales(spec) ? spec.standby : agents)) };
  if (standby !== undefined || standbyHours === undefined) return sized;
  return { ...sized, standbyHours: standbyHours.map(hours => ({ ...hours, standby: within(hours.standby) })) };
}

/** Replays the jobs with this pool. @throws Error as `replay` does. */
export function forecast(jobs: readonly TracedJob[], spec: PoolSpec, options: ReplayOptions): Forecast {
  const { waitsMs, ...outcome } = replay(jobs, spec, options);
  const { busyAgentHours, idleAgentHours } = outcome;
  const hours = busyAgentHours + idleAgentHours;
  return {
    agents: spec.agentCount,
    standby: spec.standby,
    waits: waitsOf(waitsMs),
    busyShare: hours === 0 ? 0 : busyAgentHours / hours,
    ...outcome,
  };
}

/** Sums up waits in any order. */
export function waitsOf(waitsMs: readonly number[]): Waits {
  const sorted = [...waitsMs].sort((a, b) => a - b);
  // The wait of a job, and no number in between: the least that so many do not exceed.
  const within = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50Ms: within(0.5), p95Ms: within(0.95), p99Ms: within(0.99), mostMs: sorted.at(-1) ?? 0 };
}

/** A wait that is longer than the best by less than this, or by less than a tenth, is as good. */
const NOTICED_MS = 1_000;

/** The smallest of the sizes, each tried, with which 95 of a hundred jobs wait hardly longer than with any other. */
export function enough(forecasts: readonly Forecast[]): Forecast | undefined {
  const best = Math.min(...forecasts.map(({ waits }) => waits.p95Ms));
  return forecasts.find(({ waits }) => waits.p95Ms <= Math.max(best * 1.1, best + NOTICED_MS));
}
