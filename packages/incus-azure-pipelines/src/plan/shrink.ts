import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import type { Alarm } from './alarm.js';
import type { Census } from './fill.js';
import { missing } from './fill.js';
import { retire } from './reap.js';

/** A prepared instance that nobody needs is kept for so long: the count wavers while agents end. */
const SURPLUS_MS = 10_000;

/**
 * Idle agents that are too many or of an old base, the old base first: each is retired by drain. An unknown queue may
 * hold work for all of them. A busy guest that lied about its end makes nobody too many: its own end mends the count.
 */
export function* shrink(census: Census, observed: Observed, maxAtOnce: number, alarm: Alarm): Generator<Action> {
  const disabling = new Set(observed.inFlight.flatMap(a => (a.kind === 'disable-agent' ? [a.name] : [])));
  const leaving = census.live.filter(a => a.phase === 'draining' || (a.phase === 'idle' && disabling.has(a.name)));
  const staying = census.live.filter(agent => !leaving.includes(agent));
  const queue = observed.queued.get(census.spec.name);
  const wanted = queue?.known === false ? census.spec.agentCount : census.target;
  const surplus = staying.filter(a => !(a.life.disbelieved && a.phase === 'busy')).length - wanted;
  const idle = staying.filter(agent => agent.phase === 'idle');
  const drifted = census.base === undefined ? [] : idle.filter(agent => agent.instance?.base !== census.base);
  const forDrift = drifted.slice(0, Math.max(0, driftAtOnce(census, maxAtOnce) - leaving.length));
  const others = idle.filter(agent => !drifted.includes(agent));
  const tooMany = [...drifted, ...others].slice(0, Math.max(0, surplus));
  for (const agent of new Set([...tooMany, ...forDrift]))
    yield* retire(agent, tooMany.includes(agent) ? 'above target' : 'of an old base', alarm);
}

/**
 * Reserve that nobody needs: of an old base, or beyond target and reserve. What is not registered knows no secret and can
 * hold no job, so it is simply deleted; what listens is retired with the same proof as any agent.
 */
export function* trimReserve(
  census: Census,
  agents: readonly Agent[],
  observed: Observed,
  alarm: Alarm,
): Generator<Action> {
  const wanted = missing(census) + census.spec.reserve;
  const activating = new Set(observed.inFlight.flatMap(a => (a.kind === 'activate-agent' ? [a.name] : [])));
  const { listening, prepared, preparing } = census;
  const kept = new Set([...listening, ...prepared, ...preparing].slice(0, wanted).map(agent => agent.name));
  for (const agent of agents) {
    if (agent.pool !== census.spec.name || activating.has(agent.name) || kept.has(agent.name)) continue;
    if (agent.phase !== 'prepared' && agent.phase !== 'preparing' && agent.phase !== 'listening') continue;
    // Without a base there is nothing to replace it with: what is prepared is better than nothing.
    const drifted = census.base !== undefined && agent.instance?.base !== census.base;
    const surplus = agent.phase !== 'preparing' && alarm.passed(agent.since + SURPLUS_MS);
    if (!drifted && census.spec.agentCount !== 0 && !surplus) continue;
    const reason = drifted ? 'of an old base' : 'not needed any more';
    if (agent.phase === 'listening') yield* retire(agent, reason, alarm);
    else yield { kind: 'delete-instance', pool: agent.pool, name: agent.name, reason };
  }
}

/**
 * How many agents may be given up at once for a new base. Until one of its agents was seen online a single one is, by a
 * pool that lacks none: a base that does not work costs one place, not the pool.
 */
function driftAtOnce(census: Census, maxAtOnce: number): number {
  const fresh = census.live.filter(agent => agent.instance?.base === census.base);
  if (fresh.some(agent => agent.life.seenOnline)) return maxAtOnce;
  return fresh.length === 0 && census.activating === 0 && missing(census) === 0 ? 1 : 0;
}
