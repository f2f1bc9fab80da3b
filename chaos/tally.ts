import type { SlotTime } from 'incus-azure-pipelines';
import type { FaultKind } from './fault.js';
import { type Holdings, leaks } from './holdings.js';
import type { JudgedJob, Verdict } from './verdict.js';

/** What came of one kind of fault. */
export interface FaultTally {
  readonly kind: FaultKind;
  readonly struck: number;
  /** Times it met nothing: no instance was there, or Azure refused. */
  readonly missed: number;
  /** How long it kept the pool from being filled, back-off step included. */
  readonly outageMs: number;
  readonly jobsLost: number;
}

/** All that a run has to say. */
export interface Tally {
  readonly seed: number;
  readonly minutes: number;
  readonly agentCount: number;
  readonly reserve: number;
  readonly faults: readonly FaultTally[];
  readonly jobs: readonly JudgedJob[];
  /** From the end of the faults and of the last job until every agent was idle; undefined when that did not come about. */
  readonly wholeAfterMs: number | undefined;
  readonly strayInstances: readonly string[];
  readonly strayRegistrations: readonly string[];
  readonly daemonLives: number;
  /** Ends of the daemon that nobody asked for: after it had begun, or as if a person had made a mistake. */
  readonly daemonEnds: readonly string[];
  /** Starts that it refused, since something was away. */
  readonly refusedStarts: number;
  readonly before: Holdings;
  readonly after: Holdings;
  /** Outside of outages, and in all. */
  readonly slots: { readonly counted: SlotTime; readonly all: SlotTime };
  /** What the last daemon counted itself. */
  readonly slotsByDaemon: SlotTime;
}

/** The share of the wanted slot-seconds, handovers left out, that were available. */
export const OBJECTIVE = 0.999;

/** Available / (wanted - handover); undefined where nothing was wanted. */
export function availability({ wantedMs, availableMs, handoverMs }: SlotTime): number | undefined {
  const due = wantedMs - handoverMs;
  return due > 0 ? availableMs / due : undefined;
}

export function countOf(verdict: Verdict, { jobs }: Pick<Tally, 'jobs'>): number {
  return jobs.filter(job => job.verdict === verdict).length;
}

/** Every promise that was broken, in words; none when all were kept. The objective is not among them. */
export function brokenPromises(tally: Tally): string[] {
  const { after, before, daemonEnds, strayInstances, strayRegistrations, wholeAfterMs } = tally;
  const amiss = { ours: 'was lost to no fault', twice: 'ran more than once', unfinished: 'has no end' } as const;
  return [
    ...tally.jobs.flatMap(({ job, verdict }) =>
      verdict === 'ran' || verdict === 'faulted'
        ? []
        : [`${job.name} ${amiss[verdict]}: ${job.result ?? 'no result'}, agent ${job.agentName ?? 'none'}`],
    ),
    ...(wholeAfterMs === undefined ? ['the pool is not whole again'] : []),
    ...strayInstances.map(name => `instance ${name} is left over`),
    ...strayRegistrations.map(name => `registration ${name} is left over`),
    ...daemonEnds.map(end => `the daemon ended by itself: ${end}`),
    ...leaks(before, after).map(leak => `leaked: ${leak}`),
  ];
}
