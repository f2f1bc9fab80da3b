import type { Action, PoolArithmetic } from '../model/action.js';
import { type Agent, isLive } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { knownValue, type Observed } from '../model/observed.js';
import { type PoolSpec, scales } from '../model/pool.js';
import { shapeOf } from '../model/shape.js';
import { type BaseChoice, chooseBases, isProven } from './bases.js';
import { lacksExample } from './placeholders.js';
import { targetOf } from './target.js';

/** A pool's agents, counted once, with what is under way taken into account. */
export interface Census {
  readonly spec: PoolSpec;
  readonly bases: BaseChoice;
  readonly live: readonly Agent[];
  /** Prepared instances of the base that is copied and of the pool's shape, the oldest first, none of them being activated. */
  readonly prepared: readonly Agent[];
  /** The listening reserve of that base, those on their way to it included, the oldest first, none being enabled. */
  readonly listening: readonly Agent[];
  /** Preparing ones of that base. */
  readonly preparing: readonly Agent[];
  /** The reserve of an older base that works, or of another shape: good until others have taken its place. */
  readonly older: readonly Agent[];
  /** Instances of the base that is tried, whatever their phase. */
  readonly trials: readonly Agent[];
  readonly target: number;
  /** Whether it is known how many agents are wanted: in a pool that scales, by its queue. */
  readonly isQueueKnown: boolean;
  /** Names of agents on their way to live: activations and enablings under way, but of who drains or is offline already. */
  readonly activating: ReadonlySet<string>;
  /** Creations under way that no reading shows yet, but for the one that tries a base. */
  readonly creating: number;
  /** Creations under way of the base that is tried: more than one where it was not known yet that it has to be tried. */
  readonly creatingTrials: number;
  readonly instances: number;
}

/** Counts one pool. A drained pool wants no agents and tries no base; an unknown queue adds none. */
export function takeCensus(spec: PoolSpec, agents: readonly Agent[], observed: Observed): Census {
  const own = agents.filter(agent => agent.pool === spec.name);
  const names = new Set(own.map(agent => agent.name));
  const underWay = (...kinds: readonly Action['kind'][]) =>
    observed.inFlight.flatMap(a => ('name' in a && a.pool === spec.name && kinds.includes(a.kind) ? [a.name] : []));
  const spent = new Set(own.filter(agent => !isUseful(agent)).map(agent => agent.name));
  // One that drains or is offline before its activation is over is an agent, and none to come.
  const activating = new Set(underWay('activate-agent', 'enable-agent').filter(name => !spent.has(name)));
  const joining = new Set(underWay('listen-agent'));
  const creations = observed.inFlight.filter(
    action => action.kind === 'create-instance' && action.pool === spec.name && !names.has(action.name),
  );
  const bases = chooseBases(spec, observed);
  const isShown = lacksExample(spec, bases.base?.name, observed) || hasHeld(spec, observed);
  const standby = isShown ? Math.max(1, spec.standby) : spec.standby;
  const shape = shapeOf(spec);
  const isCurrent = ({ instance }: Agent) => instance?.base === bases.base?.name && instance?.shape === shape;
  const drained = observed.drained.has(spec.name);
  const live = own.filter(agent => isLive(agent.phase) && !activating.has(agent.name));
  const waiting = own
    .filter(agent => agent.instance?.contract === CONTRACT && !activating.has(agent.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const listening = waiting.filter(
    ({ name, phase }) => phase === 'listening' || (phase === 'prepared' && joining.has(name)),
  );
  const prepared = waiting.filter(({ name, phase }) => phase === 'prepared' && !joining.has(name));
  // One whose activation is not over yet may have a job already.
  const busy = own.filter(agent => agent.phase === 'busy').length;
  const queue = observed.queued.get(spec.name);
  const creatingTrials = creations.filter(action => 'base' in action && action.base === bases.tried?.name).length;
  return {
    spec: drained ? { ...spec, agentCount: 0, standby: 0, reserve: 0 } : spec,
    bases: drained ? { ...bases, tried: undefined } : bases,
    live,
    prepared: prepared.filter(isCurrent),
    listening: listening.filter(isCurrent),
    preparing: waiting.filter(agent => agent.phase === 'preparing' && isCurrent(agent)),
    older: [...listening, ...prepared].filter(agent => !isCurrent(agent) && isOlder(agent, bases, observed)),
    trials: own.filter(agent => bases.tried !== undefined && agent.instance?.base === bases.tried.name),
    target: drained ? 0 : targetOf({ agentCount: spec.agentCount, standby }, busy, knownValue(queue) ?? 0),
    isQueueKnown: drained || !scales(spec) || queue?.known === true,
    activating,
    creating: creations.length - creatingTrials,
    creatingTrials,
    instances: own.filter(agent => agent.instance !== undefined).length,
  };
}

/**
 * Whether requests wait for something else than an agent, as one that is idle beside them shows. Were it gone, they would count again, and have
 * agents made for all of them.
 */
function hasHeld({ name }: PoolSpec, { waiting }: Observed): boolean {
  return waiting.some(({ held, mostAtOnce, pool }) => held && mostAtOnce === undefined && pool === name);
}

/**
 * Agents that the target lacks and that there is room for. Who drains or is offline takes a place, and is of no use to what
 * waits.
 */
export function missing(census: Census): number {
  const useful = census.live.filter(isUseful).length;
  return Math.max(0, Math.min(room(census), census.target - useful - census.activating.size));
}

function isUseful({ phase }: Agent): boolean {
  return phase !== 'draining' && phase !== 'offline';
}

/** Agents that there is room for. */
export function room({ activating, live, spec }: Census): number {
  return Math.max(0, spec.agentCount - live.length - activating.size);
}

/** The numbers behind the decision, for people. */
export function arithmeticOf(census: Census, waiting: string | undefined): PoolArithmetic {
  return {
    target: census.target,
    live: census.live.length + census.activating.size,
    prepared: census.prepared.length + census.older.filter(agent => agent.phase === 'prepared').length,
    listening: census.listening.length,
    preparing: census.preparing.length + census.creating,
    tries: census.bases.tried?.name,
    waiting,
  };
}

/** Whether it is of the base that is copied, and of another shape, or of an older base that works. */
function isOlder({ instance }: Agent, { base, tried }: BaseChoice, observed: Observed): boolean {
  if (base !== undefined && instance?.base === base.name) return true;
  if (instance?.base === tried?.name) return false;
  return (knownValue(observed.bases) ?? []).some(
    other => other.ready && other.contract === CONTRACT && other.name === instance?.base && isProven(other, observed),
  );
}
