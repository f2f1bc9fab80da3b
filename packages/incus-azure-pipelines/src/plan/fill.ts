import type { Action, PoolArithmetic } from '../model/action.js';
import { type Agent, isLive } from '../model/agent.js';
import { agentName } from '../model/agent-name.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { instanceCeiling, targetOf } from './target.js';

/** A pool's agents, counted once, with what is under way taken into account. */
export interface Census {
  readonly spec: PoolSpec;
  /** The base that new instances are copied from; undefined while there is none. */
  readonly base: string | undefined;
  /** Version of the agent in that base. */
  readonly agentVersion: string;
  readonly live: readonly Agent[];
  /** Prepared instances of that base, the oldest first, none of them being activated. */
  readonly prepared: readonly Agent[];
  /** The listening reserve of that base, those on their way to it included, the oldest first, none being enabled. */
  readonly listening: readonly Agent[];
  /** Preparing ones of that base. */
  readonly preparing: readonly Agent[];
  readonly target: number;
  /** Agents on their way to live: activations and enablings under way. */
  readonly activating: number;
  /** Creations under way that no reading shows yet. */
  readonly creating: number;
  readonly instances: number;
}

/** Counts one pool. A drained pool wants no agents; an unknown queue adds none. */
export function takeCensus(
  spec: PoolSpec,
  base: string | undefined,
  agents: readonly Agent[],
  observed: Observed,
): Census {
  const own = agents.filter(agent => agent.pool === spec.name);
  const names = new Set(own.map(agent => agent.name));
  const activating = new Set([
    ...namesOf(observed, spec, 'activate-agent'),
    ...namesOf(observed, spec, 'enable-agent'),
  ]);
  const joining = new Set(namesOf(observed, spec, 'listen-agent'));
  const isPrepared = (agent: Agent) => agent.phase === 'prepared' && !joining.has(agent.name);
  const isListening = (agent: Agent) =>
    agent.phase === 'listening' || (agent.phase === 'prepared' && joining.has(agent.name));
  const live = own.filter(agent => isLive(agent.phase) && !activating.has(agent.name));
  const fresh = own
    .filter(agent => agent.instance?.base === base && !activating.has(agent.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const drained = observed.drained.has(spec.name);
  const busy = live.filter(agent => agent.phase === 'busy').length;
  return {
    spec: drained ? { ...spec, agentCount: 0, standby: 0, reserve: 0 } : spec,
    base,
    agentVersion: knownValue(observed.bases)?.find(record => record.name === base)?.agentVersion ?? '',
    live,
    prepared: fresh.filter(isPrepared),
    listening: fresh.filter(isListening),
    preparing: fresh.filter(agent => agent.phase === 'preparing'),
    target: drained ? 0 : targetOf(spec, busy, knownValue(observed.queued.get(spec.name)) ?? 0),
    activating: activating.size,
    creating: namesOf(observed, spec, 'create-instance').filter(name => !names.has(name)).length,
    instances: own.filter(agent => agent.instance !== undefined).length,
  };
}

/** Agents that the target lacks. */
export function missing(census: Census): number {
  return Math.max(0, census.target - census.live.length - census.activating);
}

/** Instances that can still become agents, and those that will be there soon. */
function onTheWay(census: Census): number {
  return census.prepared.length + census.listening.length + census.preparing.length + census.creating;
}

/**
 * How many instances to create: what the target lacks (`for: 'agents'`) and then the reserve (`for: 'reserve'`), less
 * those on their way, never above the ceiling of instances.
 */
export function creationsWanted(census: Census): { readonly agents: number; readonly reserve: number } {
  if (census.base === undefined) return { agents: 0, reserve: 0 };
  const room = Math.max(0, instanceCeiling(census.spec) - census.instances - census.creating);
  const agents = Math.min(room, Math.max(0, missing(census) - onTheWay(census)));
  const total = Math.min(room, Math.max(0, missing(census) + census.spec.reserve - onTheWay(census)));
  return { agents, reserve: Math.max(0, total - agents) };
}

/** Why no instance is created though agents are missing, in words; undefined where the ceiling is not the reason. */
export function ceilingObstacle(census: Census): string | undefined {
  const ceiling = instanceCeiling(census.spec);
  if (census.base === undefined || missing(census) <= onTheWay(census) || census.instances + census.creating < ceiling)
    return undefined;
  return `${census.instances + census.creating} instances are there, and the pool may have ${ceiling}; the next comes when one of them is gone`;
}

/** One creation; `birthAt` makes the name unique. */
export function createInstance(
  census: Census,
  owner: string,
  birthAt: number,
  reason: string,
): Action<'create-instance'> | undefined {
  if (census.base === undefined) return undefined;
  const name = agentName(census.spec.agentPrefix, owner, birthAt);
  return { kind: 'create-instance', pool: census.spec.name, name, base: census.base, reason };
}

/** The numbers behind the decision, for people. */
export function arithmeticOf(census: Census, waiting: string | undefined): PoolArithmetic {
  return {
    target: census.target,
    live: census.live.length + census.activating,
    prepared: census.prepared.length,
    listening: census.listening.length,
    preparing: census.preparing.length + census.creating,
    waiting,
  };
}

function namesOf(
  observed: Observed,
  spec: PoolSpec,
  kind: 'activate-agent' | 'listen-agent' | 'enable-agent' | 'create-instance',
): string[] {
  return observed.inFlight.flatMap(action => (action.kind === kind && action.pool === spec.name ? [action.name] : []));
}
