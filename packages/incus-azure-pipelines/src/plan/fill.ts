import { type Action, PREPARATION } from '../model/action.js';
import type { BaseRecord } from '../model/agent.js';
import { agentName } from '../model/agent-name.js';
import type { Observed } from '../model/observed.js';
import type { Alarm } from './alarm.js';
import { type Census, missing } from './census.js';
import { instanceCeiling } from './target.js';
import { trialDue } from './trial.js';

/** Instances that can still become agents, and those that will be there soon. */
function onTheWay(census: Census): number {
  return census.prepared.length + census.listening.length + census.preparing.length + census.creating;
}

/** Live agents, and the instances that can still become some. */
export function standing(census: Census): number {
  return census.live.length + census.activating.size + onTheWay(census);
}

/**
 * How many instances to create: what the target lacks (`agents`) and then the reserve, less those on their way, never
 * above the ceiling of instances.
 */
export function creationsWanted(
  census: Census,
  observed: Observed,
  alarm: Alarm,
): { readonly agents: number; readonly reserve: number } {
  if (census.bases.base === undefined) return { agents: 0, reserve: 0 };
  const ready = census.prepared.length + census.listening.length;
  const underWay = census.creating + census.creatingTrials;
  const below = Math.max(0, instanceCeiling(census.spec) - census.instances - underWay);
  const room = Math.min(below, preparable(census, observed, alarm));
  const lacking = missing(census);
  // What is prepared of other bases takes a place once, and is not replaced by its like.
  const places = lacking > 0 && trialDue(census, observed, alarm) ? lacking - 1 : lacking;
  const ours = places - Math.min(census.older.length, Math.max(0, places - ready));
  const agents = Math.min(room, Math.max(0, ours - onTheWay(census)));
  const total = Math.min(room, Math.max(0, ours + census.spec.reserve - onTheWay(census)));
  return { agents, reserve: Math.max(0, total - agents) };
}

/** How many more may be prepared: after one that ended before it was, one alone is tried, once that is past. */
function preparable({ creating, preparing, spec }: Census, observed: Observed, alarm: Alarm): number {
  const failure = observed.failures.get(`${PREPARATION}/${spec.name}`);
  if (failure === undefined) return Number.POSITIVE_INFINITY;
  return alarm.passed(failure.retryAt) ? Math.max(0, 1 - creating - preparing.length) : 0;
}

/** Why no instance is created though agents are missing, in words; undefined where the ceiling is not the reason. */
export function ceilingObstacle(census: Census): string | undefined {
  const ceiling = instanceCeiling(census.spec);
  const there = census.instances + census.creating + census.creatingTrials;
  if (census.bases.base === undefined || missing(census) <= onTheWay(census) || there < ceiling) return undefined;
  return `${there} instances are there, and the pool may have ${ceiling}; the next comes when one of them is gone`;
}

/** One creation; `birthAt` makes the name unique. */
export function createInstance(
  { bases, spec }: Census,
  base: BaseRecord,
  owner: string,
  birthAt: number,
  reason: string,
): Action<'create-instance'> {
  return {
    kind: 'create-instance',
    pool: spec.name,
    name: agentName(spec.agentPrefix, owner, birthAt),
    base: base.name,
    docker: base.docker,
    ...(base === bases.tried ? { tries: base.name } : {}),
    reason,
  };
}
