import type { JobRecord } from 'azure-pipelines-emulator';
import type { FaultKind } from './fault.js';

/** A fault that may cost a job. */
export interface Hit {
  readonly kind: FaultKind;
  readonly at: number;
  /** The agent whose instance was struck; undefined for a fault that met all of them. */
  readonly agent: string | undefined;
  /** When it was over; undefined for one that nothing undoes. */
  endedAt?: number;
  /** It may have missed: what it asked for was refused, or not answered. */
  failed?: boolean;
}

/** Something that ends an agent, done by the daemon. */
export interface Deed {
  readonly agent: string;
  readonly at: number;
}

/** Whether an action of the daemon, as it logs it, ends an agent; one whose instance has stopped is at its end already. */
export function endsAgent({ kind, reason }: Readonly<Record<string, unknown>>): boolean {
  return kind === 'delete-registration' || (kind === 'delete-instance' && reason !== STOPPED);
}

/** The planner's reason to delete it then. */
const STOPPED = 'stopped and still there';

/** What is looked at of a job. */
export type Job = Pick<JobRecord, 'name' | 'result' | 'agentName' | 'lines' | 'queuedAt' | 'assignedAt' | 'finishedAt'>;

/** How a job fared: `faulted` was ended by a fault that hit it, `ours` was not, nor did it run as it was to. */
export type Verdict = 'ran' | 'faulted' | 'ours' | 'twice' | 'unfinished';

export interface JudgedJob {
  readonly job: Job;
  readonly verdict: Verdict;
  readonly fault: FaultKind | undefined;
}

/**
 * Judges every job. It ran once when it says so itself and succeeded, on an agent that had no other. One that did not
 * succeed was lost to a fault only if that fault hit its agent before its end. A fault that by itself ends no agent, since it
 * hits all of them, only freezes one, or may have missed, is blamed only where the daemon had not ended the agent by then.
 * Everything else is ours.
 */
export function judgeJobs(jobs: readonly Job[], hits: readonly Hit[], deeds: readonly Deed[]): readonly JudgedJob[] {
  const agents = new Map<string, number>();
  for (const { agentName } of jobs) if (agentName) agents.set(agentName, (agents.get(agentName) ?? 0) + 1);
  return jobs.map(job => {
    const shares = (agents.get(job.agentName ?? '') ?? 0) > 1;
    const verdict = verdictOf(job, shares);
    if (verdict !== 'ours') return { job, verdict, fault: undefined };
    const fault = hits.find(hit => explains(hit, job, deeds))?.kind;
    return { job, verdict: fault === undefined ? verdict : 'faulted', fault };
  });
}

function verdictOf({ lines, result }: Job, shares: boolean): Exclude<Verdict, 'faulted'> {
  const [begun, ended] = ['begun', 'ended'].map(mark => lines.filter(line => line === mark).length);
  if (result === undefined) return 'unfinished';
  if (shares || (begun ?? 0) > 1 || (ended ?? 0) > 1) return 'twice';
  return result === 'succeeded' && begun === 1 && ended === 1 ? 'ran' : 'ours';
}

function explains(hit: Hit, job: Job, deeds: readonly Deed[]): boolean {
  const from = job.assignedAt ?? job.queuedAt;
  const to = job.finishedAt ?? Number.POSITIVE_INFINITY;
  if (hit.at > to || (hit.endedAt ?? to) < from) return false;
  if (hit.agent !== undefined && hit.agent !== job.agentName) return false;
  const isDeadly = hit.agent !== undefined && hit.kind !== 'freeze-instance' && hit.failed !== true;
  if (isDeadly) return true;
  return !deeds.some(({ agent, at }) => agent === job.agentName && at <= to);
}
