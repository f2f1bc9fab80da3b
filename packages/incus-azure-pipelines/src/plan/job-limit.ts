import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { Alarm } from './alarm.js';

/** Why a job is ended, the only such reason there is. */
export const OVERLONG = 'its job ran longer than maxJobDuration';

/** A tenth of the limit before the end, it is warned of; never longer before than this. */
const LONGEST_WARNING_MS = 300_000;

/**
 * The one rule that ends a busy agent, and only where a person has set `maxJobDuration`: a warning first, then the end,
 * which is never sooner after the warning than it was announced. Time counts from when this daemon first saw the job.
 */
export function* limitJob(spec: PoolSpec, agent: Agent, observed: Observed, alarm: Alarm): Generator<Action> {
  const dueAt = jobDueAt(spec, agent);
  if (dueAt === undefined || !knownValue(agent.registration)?.assigned?.received) return;
  if (!alarm.passed(dueAt - warningMs(spec))) return;
  const { name, pool } = agent;
  const warnedAt = observed.warned.get(name);
  if (warnedAt === undefined) yield { kind: 'warn-of-end', pool, name, dueAt, reason: 'its job runs long' };
  else if (alarm.passed(Math.max(dueAt, warnedAt + warningMs(spec))))
    yield { kind: 'delete-instance', pool, name, reason: OVERLONG };
}

/** When a busy agent's job will have run for as long as it may (epoch ms); undefined where there is no limit. */
export function jobDueAt(spec: PoolSpec, agent: Agent): number | undefined {
  const { maxJobMs } = spec.timeouts;
  const { requestSince } = agent.life;
  if (maxJobMs === undefined || requestSince === undefined || agent.phase !== 'busy') return undefined;
  return requestSince + maxJobMs;
}

function warningMs(spec: PoolSpec): number {
  return Math.min((spec.timeouts.maxJobMs ?? 0) / 10, LONGEST_WARNING_MS);
}
