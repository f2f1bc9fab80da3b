import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { knownValue, type Observed } from '../model/observed.js';
import { scales } from '../model/pool.js';
import type { Alarm } from './alarm.js';
import { type Census, missing, room } from './census.js';
import { driftAtOnce, driftOf, driftOfIdle } from './drift.js';
import { retire } from './reap.js';
import type { Room } from './room.js';
import { makeWay, surplusTrials } from './trial.js';

/** A prepared instance that nobody needs is kept for so long: the count wavers while agents end. */
const SURPLUS_MS = 10_000;

/**
 * Idle agents that are too many or of an old base or shape, the old ones first: each is retired by drain. What is beyond the
 * target has time to be of use, what is beyond agentCount has none. An unknown queue may hold work for all of them, and whoever
 * went then, for another base too, would not be replaced. A busy guest that lied about its end makes nobody too many: its own
 * end mends the count.
 */
export function* shrink(
  census: Census,
  observed: Observed,
  maxAtOnce: number,
  room: Room,
  alarm: Alarm,
): Generator<Action> {
  const { isQueueKnown } = census;
  const disabling = new Set(observed.inFlight.flatMap(a => (a.kind === 'disable-agent' ? [a.name] : [])));
  const leaving = census.live.filter(a => a.phase === 'draining' || (a.phase === 'idle' && disabling.has(a.name)));
  const staying = census.live.filter(agent => !leaving.includes(agent));
  const counted = staying.filter(a => !(a.life.disbelieved && a.phase === 'busy')).length;
  const idle = inOrder(
    staying.filter(agent => agent.phase === 'idle'),
    census,
    observed,
  );
  const drifted = idle.filter(agent => driftOfIdle(agent, census) !== undefined);
  const goes = (agent: Agent, n: number) => leaving.length + n < driftAtOnce(agent, census, maxAtOnce);
  const replaceable = isQueueKnown ? drifted.filter(goes) : [];
  // An agent of an old base is better than none, which is what there would be while nothing is created.
  const forDrift = replaceable.length > 0 && room.hasFor(census.spec) ? replaceable : [];
  const others = idle.filter(agent => !drifted.includes(agent));
  const tooMany = excess(census, counted, [...drifted, ...others], alarm);
  for (const agent of new Set([...tooMany, ...forDrift]))
    yield* retire(agent, (!tooMany.includes(agent) && driftOfIdle(agent, census)) || 'above target', alarm);
  if (isQueueKnown && leaving.length + tooMany.length + forDrift.length === 0)
    yield* makeWay(census, idle, observed, alarm);
}

/** In a pool that scales those of the oldest base first, and of one base those that are idle longest. */
function inOrder(idle: readonly Agent[], { spec }: Census, { bases }: Observed): readonly Agent[] {
  if (!scales(spec)) return idle;
  const madeAt = new Map(knownValue(bases)?.map(({ createdAt, name }) => [name, createdAt]));
  const ageOf = ({ instance }: Agent) => madeAt.get(instance?.base ?? '') ?? 0;
  return idle.toSorted((a, b) => ageOf(a) - ageOf(b) || a.since - b.since);
}

/**
 * Who goes of those that are idle, in this order: at once what is above agentCount, and what the target has not needed for
 * as long as `idleTimeout`. Agents that start, or that were idle for less, are not counted on for what is wanted.
 */
function excess(census: Census, counted: number, idle: readonly Agent[], alarm: Alarm): readonly Agent[] {
  const { isQueueKnown, live, spec, target } = census;
  const above = Math.max(0, counted - spec.agentCount);
  const wanted = target - live.filter(({ phase }) => phase === 'busy').length;
  if (!isQueueKnown || target >= spec.agentCount || idle.length <= wanted) return idle.slice(0, above);
  const settled = idle.filter(({ since }) => alarm.passed(since + spec.timeouts.idleMs));
  const unneeded = settled.slice(0, Math.max(0, settled.length - wanted));
  return above >= unneeded.length ? idle.slice(0, above) : unneeded;
}

/**
 * Reserve that nobody needs: beyond target and reserve, or of an old base, shape or contract; that of an old base that works,
 * or of an old shape, goes one by one, as others are prepared in its place. What is not registered knows no secret and can
 * hold no job, so it is simply deleted; what listens is retired with the same proof as any agent.
 */
export function* trimReserve(census: Census, agents: readonly Agent[], alarm: Alarm): Generator<Action> {
  const { base, tried } = census.bases;
  // What is prepared for a queue that cannot be read now may be needed still.
  const wanted = (census.isQueueKnown ? missing(census) : room(census)) + census.spec.reserve;
  const { listening, prepared, preparing } = census;
  const older = census.older.slice(0, Math.max(0, wanted - listening.length - prepared.length));
  const kept = new Set([...[...listening, ...prepared, ...preparing].slice(0, wanted), ...older]);
  // Without a base there is nothing to replace them with: what is prepared is better than nothing.
  if (base === undefined && wanted > 0) return;
  const surplus = new Set(surplusTrials(census));
  for (const agent of agents) {
    if (agent.pool !== census.spec.name || census.activating.has(agent.name) || kept.has(agent)) continue;
    if (agent.phase !== 'prepared' && agent.phase !== 'preparing' && agent.phase !== 'listening') continue;
    const isForeign = agent.instance?.contract !== CONTRACT;
    const isTrial = !isForeign && tried !== undefined && agent.instance?.base === tried.name;
    if (isTrial && !surplus.has(agent)) continue;
    const drift = isTrial || base === undefined ? undefined : driftOf(agent, base, census.spec);
    const isOver = agent.phase !== 'preparing' && alarm.passed(agent.since + SURPLUS_MS);
    if (drift === undefined && census.spec.agentCount !== 0 && !isOver) continue;
    const reason = drift ?? 'not needed any more';
    // What another release has made may be more than it looks to this one: Azure has to say that it is no agent.
    if (agent.phase === 'listening' || isForeign) yield* retire(agent, reason, alarm);
    else yield { kind: 'delete-instance', pool: agent.pool, name: agent.name, reason };
  }
}
