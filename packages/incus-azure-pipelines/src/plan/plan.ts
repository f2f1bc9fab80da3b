import {
  type Action,
  type HeldUp,
  keyOf,
  type Plan,
  type PoolArithmetic,
  PREPARATION,
  REGISTRATION,
  targetOf,
} from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { HostReserve } from '../model/host-room.js';
import type { Failure, Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { inForce, standbyAt } from '../model/standby.js';
import { activate } from './activate.js';
import { Alarm } from './alarm.js';
import { baseObstacle } from './bases.js';
import { arithmeticOf, type Census, takeCensus } from './census.js';
import { create } from './create.js';
import { ceilingObstacle } from './fill.js';
import { keepBases } from './keep-bases.js';
import { lastLinesFirst } from './last-lines.js';
import { endSharers, sharersOf } from './own-ids.js';
import { keepPlaceholders } from './placeholders.js';
import { BY_A_PERSON, drainOnRequest, reap } from './reap.js';
import { endRemoved } from './removed.js';
import { Room } from './room.js';
import { shrink, trimReserve } from './shrink.js';

/** An agent that is of use is online sooner, its own registration included. */
const ATTEMPT_MS = 30_000;

export interface PlanOptions {
  /** Over all pools. */
  readonly maxConcurrentCreates: number;
  readonly hostReserve?: HostReserve | undefined;
}

/**
 * Decides what all pools need now. Pure: the same arguments give the same plan, and nothing changes before `wakeAt`
 * unless something rings. While Incus is unread it decides nothing.
 */
export function plan(desired: readonly PoolSpec[], observed: Observed, now: number, options: PlanOptions): Plan {
  if (!observed.agents.known) return { actions: [], wakeAt: undefined, pools: new Map() };
  const sharers = sharersOf(observed.agents.value, observed);
  // Whoever goes for its ids is no reserve, and is not replaced before it is gone.
  const agents = observed.agents.value.map(agent =>
    sharers.has(agent.name) ? { ...agent, phase: 'preparing' as const } : agent,
  );
  const alarm = new Alarm(now);
  const censuses = desired.map(spec => takeCensus(atThisHour(spec, now, alarm), agents, observed));
  const room = new Room(options.hostReserve, desired, agents, observed, alarm);
  const actions = new Admission(observed, room, alarm);
  actions.offer(keepBases(desired, observed));
  actions.offer(endSharers(agents, sharers));
  actions.offer(keepPlaceholders(desired, agents, observed, alarm));
  for (const census of censuses) {
    for (const agent of agents) {
      if (agent.pool !== census.spec.name) continue;
      const isDrained = observed.drained.has(agent.pool) || observed.drainedAgents.has(agent.name);
      if (isDrained) actions.offer(drainOnRequest(agent, BY_A_PERSON, alarm));
      actions.offer(reap(census.spec, agent, observed, alarm));
    }
    const may = {
      register: registrable(census, agents, observed, alarm),
      enable: mayEnable(census.spec, observed, alarm),
    };
    actions.offer(activate(census, observed, may, alarm));
    actions.offer(shrink(census, observed, options.maxConcurrentCreates, room, alarm));
    actions.offer(trimReserve(census, agents, alarm));
  }
  actions.offer(endRemoved(desired, agents, observed, alarm));
  // What has booted takes the cores for no boot, be it on its way out.
  actions.offer(create(censuses, observed.agents.value, observed, now, options.maxConcurrentCreates, room, alarm));
  const pools = summary(desired, censuses, observed, room, alarm);
  return { actions: actions.admitted, wakeAt: alarm.at, ...(room.isAsked ? { asksForRoom: true } : {}), pools };
}

/**
 * Lets each target have one action at a time, and none before its back-off is over. What has failed for a whole pool is then
 * tried again by one alone: all together would fail as well.
 */
class Admission {
  readonly admitted: Action[] = [];
  readonly #taken: Set<string>;
  readonly #tried: Set<string>;
  readonly #observed: Observed;
  readonly #room: Room;
  readonly #alarm: Alarm;

  constructor(observed: Observed, room: Room, alarm: Alarm) {
    this.#observed = observed;
    this.#room = room;
    this.#alarm = alarm;
    this.#taken = new Set(observed.inFlight.map(targetOf));
    this.#tried = new Set(observed.inFlight.map(keyOf));
  }

  offer(actions: Iterable<Action>): void {
    for (const offered of actions) {
      const action = lastLinesFirst(offered, this.#observed);
      const key = keyOf(action);
      const failure = this.#observed.failures.get(key);
      if (this.#taken.has(targetOf(action)) || (failure && !this.#alarm.passed(failure.retryAt))) continue;
      if (failure && this.#tried.has(key)) continue;
      if (action.kind === 'build-base' && !this.#room.takeForBuild(action.pool)) continue;
      this.#taken.add(targetOf(action)).add(targetOf(offered));
      this.#tried.add(key);
      this.admitted.push(action);
    }
  }
}

/** The pool with the standby that is in force; when others begin, it is looked at again. */
function atThisHour(spec: PoolSpec, now: number, alarm: Alarm): PoolSpec {
  const { until } = standbyAt(spec, now);
  if (until !== undefined) alarm.passed(until);
  return inForce(spec, now);
}

function summary(
  desired: readonly PoolSpec[],
  censuses: readonly Census[],
  observed: Observed,
  room: Room,
  alarm: Alarm,
): ReadonlyMap<string, PoolArithmetic> {
  return new Map(
    desired.flatMap((spec, index) => {
      const census = censuses[index];
      if (census === undefined) return [];
      const waiting = observed.drained.has(spec.name) ? BY_A_PERSON : obstacle(census, observed, room);
      const lacksRoom = room.lackingFor(spec.name) === undefined ? {} : { lacksRoom: true as const };
      const heldUp = heldUpOf(spec, observed, room, alarm);
      return [[spec.name, { ...arithmeticOf(census, waiting), ...lacksRoom, ...(heldUp && { heldUp }) }]];
    }),
  );
}

/** What has failed is held up until it goes well, and is then tried by one alone. */
function heldUpOf(spec: PoolSpec, observed: Observed, room: Room, alarm: Alarm): HeldUp | undefined {
  const failureOf = (kind: string) => observed.failures.get(`${kind}/${spec.name}`);
  const stands = { isToBeTried: false };
  const after = ({ retryAt }: Failure) => ({ isToBeTried: alarm.passed(retryAt) });
  if (registrationObstacle(spec, observed) !== undefined) return { in: 'registering', ...stands };
  const registering = failureOf('activate-agent') ?? failureOf(REGISTRATION);
  if (registering) return { in: 'registering', ...after(registering) };
  const lacks = room.lackingFor(spec.name) ?? baseObstacle(spec, observed);
  if (lacks !== undefined) return { in: 'creating', ...stands };
  const creating = failureOf('create-instance') ?? failureOf(PREPARATION);
  return creating && { in: 'creating', ...after(creating) };
}

function obstacle(census: Census, observed: Observed, room: Room): string | undefined {
  const { spec } = census;
  const failed = ['create-instance', PREPARATION, 'activate-agent', 'listen-agent', 'enable-agent', REGISTRATION].map(
    kind => observed.failures.get(`${kind}/${spec.name}`),
  );
  const error = failed.find(failure => failure !== undefined)?.error;
  const stands =
    room.lackingFor(spec.name) ??
    baseObstacle(spec, observed) ??
    registrationObstacle(spec, observed) ??
    observed.creationBlocked;
  return stands ?? error ?? ceilingObstacle(census);
}

/**
 * How many of the pool's agents may be registered now: none before it is settled who does it. After one that ended before it was
 * online one alone is tried, once that is past. One that hangs is waited for the longer, the more have failed in a row.
 */
function registrable({ spec }: Census, agents: readonly Agent[], observed: Observed, alarm: Alarm): number {
  if (registrationObstacle(spec, observed) !== undefined) return 0;
  const failure = observed.failures.get(`${REGISTRATION}/${spec.name}`);
  if (failure === undefined) return Number.POSITIVE_INFINITY;
  if (!alarm.passed(failure.retryAt)) return 0;
  const isUnderWay = observed.inFlight.some(
    action => (action.kind === 'activate-agent' || action.kind === 'listen-agent') && action.pool === spec.name,
  );
  const tried = agents.filter(
    ({ life, phase, pool }) =>
      pool === spec.name && !life.seenOnline && (phase === 'starting' || phase === 'listening'),
  );
  // Of all of them, so that the alarm is set for the first.
  const isTried = tried.filter(({ since }) => !alarm.passed(since + ATTEMPT_MS * 2 ** (failure.count - 1))).length > 0;
  return isUnderWay || isTried ? 0 : 1;
}

/** Whether one that listens may be enabled now. While that fails, prepared instances are activated in its place. */
function mayEnable(spec: PoolSpec, observed: Observed, alarm: Alarm): boolean {
  const failure = observed.failures.get(`enable-agent/${spec.name}`);
  return failure === undefined || alarm.passed(failure.retryAt);
}

/** Why no agent of this pool can be registered yet, in words; undefined when it can. */
function registrationObstacle(spec: PoolSpec, observed: Observed): string | undefined {
  const mode = observed.registration.get(spec.name);
  return mode?.kind === 'probing' ? mode.why : undefined;
}
