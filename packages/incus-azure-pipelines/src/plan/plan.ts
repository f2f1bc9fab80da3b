import { type Action, keyOf, type Plan, type PoolArithmetic, targetOf } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { nextBirth } from '../model/agent-name.js';
import { type Observed, REGISTRATION } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { activate } from './activate.js';
import { Alarm } from './alarm.js';
import { baseObstacle } from './bases.js';
import { arithmeticOf, type Census, takeCensus } from './census.js';
import { ceilingObstacle, createInstance, creationsWanted } from './fill.js';
import { keepBases } from './keep-bases.js';
import { drainOnRequest, reap } from './reap.js';
import { endRemoved } from './removed.js';
import { shrink, trimReserve } from './shrink.js';
import { wantsTrial } from './trial.js';

/**
 * A boot takes the cores until its guest is prepared; one that has hung in it for so long is not waited for by others.
 */
const BOOT_MS = 10_000;

/** What an instance is created for, the most urgent first, and how that is said. */
const PURPOSES = { agents: 'below target', reserve: 'for the reserve', trial: 'tries the new base' } as const;

export interface PlanOptions {
  /** Over all pools. */
  readonly maxConcurrentCreates: number;
}

/**
 * Decides what all pools need now. Pure: the same arguments give the same plan, and nothing changes before `wakeAt`
 * unless something rings. While Incus is unread it decides nothing.
 */
export function plan(desired: readonly PoolSpec[], observed: Observed, now: number, options: PlanOptions): Plan {
  if (!observed.agents.known) return { actions: [], wakeAt: undefined, pools: new Map() };
  const agents = observed.agents.value;
  const alarm = new Alarm(now);
  const censuses = desired.map(spec => takeCensus(spec, agents, observed));
  const actions = new Admission(observed, alarm);
  actions.offer(keepBases(desired, observed));
  for (const census of censuses) {
    for (const agent of agents) {
      if (agent.pool !== census.spec.name) continue;
      if (observed.drainedAgents.has(agent.name)) actions.offer(drainOnRequest(agent, 'drained by a person', alarm));
      actions.offer(reap(census.spec, agent, observed, alarm));
    }
    const may = {
      register: mayRegister(census.spec, observed, alarm),
      enable: mayEnable(census.spec, observed, alarm),
    };
    actions.offer(activate(census, observed, may, alarm));
    actions.offer(shrink(census, observed, options.maxConcurrentCreates, alarm));
    actions.offer(trimReserve(census, agents, alarm));
  }
  actions.offer(endRemoved(desired, agents, observed, alarm));
  actions.offer(create(censuses, agents, observed, now, options, alarm));
  return { actions: actions.admitted, wakeAt: alarm.at, pools: summary(desired, censuses, observed) };
}

/** Creations of all pools share one limit; agents that are missing come before any reserve, and that before new bases. */
function* create(
  censuses: readonly Census[],
  agents: readonly Agent[],
  observed: Observed,
  now: number,
  options: PlanOptions,
  alarm: Alarm,
): Generator<Action> {
  if (observed.creationBlocked !== undefined) return;
  const underWay = observed.inFlight.flatMap(action => (action.kind === 'create-instance' ? [action.name] : []));
  const booting = agents.filter(a => a.phase === 'preparing' && !underWay.includes(a.name) && isBooting(a, alarm));
  let free = options.maxConcurrentCreates - underWay.length - booting.length;
  const names = [...agents.map(agent => agent.name), ...underWay];
  for (const purpose of ['agents', 'reserve', 'trial'] as const) {
    for (const census of censuses) {
      const failure = observed.failures.get(`create-instance/${census.spec.name}`);
      if (failure && !alarm.passed(failure.retryAt)) continue;
      const base = purpose === 'trial' ? census.bases.tried : census.bases.base;
      if (base === undefined) continue;
      for (let wanted = wantedFor(purpose, census, observed, alarm); wanted > 0 && free > 0; wanted--, free--) {
        const birthAt = nextBirth(now, names, observed.owner);
        const action = createInstance(census, base, observed.owner, birthAt, PURPOSES[purpose]);
        names.push(action.name);
        yield action;
      }
    }
  }
}

function wantedFor(purpose: keyof typeof PURPOSES, census: Census, observed: Observed, alarm: Alarm): number {
  const { agents, reserve } = creationsWanted(census, observed, alarm);
  if (purpose !== 'trial') return purpose === 'agents' ? agents : reserve;
  return wantsTrial(census, agents + reserve, observed, alarm) ? 1 : 0;
}

function isBooting(agent: Agent, alarm: Alarm): boolean {
  // Not since its creation: that is told by the clock of the Incus host.
  return agent.instance !== undefined && !alarm.passed(agent.since + BOOT_MS);
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
  readonly #alarm: Alarm;

  constructor(observed: Observed, alarm: Alarm) {
    this.#observed = observed;
    this.#alarm = alarm;
    this.#taken = new Set(observed.inFlight.map(targetOf));
    this.#tried = new Set(observed.inFlight.map(keyOf));
  }

  offer(actions: Iterable<Action>): void {
    for (const action of actions) {
      const key = keyOf(action);
      const failure = this.#observed.failures.get(key);
      if (this.#taken.has(targetOf(action)) || (failure && !this.#alarm.passed(failure.retryAt))) continue;
      if (failure && this.#tried.has(key)) continue;
      this.#taken.add(targetOf(action));
      this.#tried.add(key);
      this.admitted.push(action);
    }
  }
}

function summary(
  desired: readonly PoolSpec[],
  censuses: readonly Census[],
  observed: Observed,
): ReadonlyMap<string, PoolArithmetic> {
  return new Map(
    desired.flatMap((spec, index) => {
      const census = censuses[index];
      if (census === undefined) return [];
      const waiting = observed.drained.has(spec.name) ? 'drained by a person' : obstacle(census, observed);
      return [[spec.name, arithmeticOf(census, waiting)]];
    }),
  );
}

function obstacle(census: Census, observed: Observed): string | undefined {
  const { spec } = census;
  const failed = ['create-instance', 'activate-agent', 'listen-agent', 'enable-agent', REGISTRATION].map(kind =>
    observed.failures.get(`${kind}/${spec.name}`),
  );
  const error = failed.find(failure => failure !== undefined)?.error;
  const stands = baseObstacle(spec, observed) ?? registrationObstacle(spec, observed) ?? observed.creationBlocked;
  return stands ?? error ?? ceilingObstacle(census);
}

/** Whether the pool's next agent may be registered now: who does it is settled, and the last one that failed is past. */
function mayRegister(spec: PoolSpec, observed: Observed, alarm: Alarm): boolean {
  const failure = observed.failures.get(`${REGISTRATION}/${spec.name}`);
  return registrationObstacle(spec, observed) === undefined && (!failure || alarm.passed(failure.retryAt));
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
