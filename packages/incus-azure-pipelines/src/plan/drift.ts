/** Agents and instances that are not what the configuration asks for any more: of an old base, shape or release. */
import type { Agent, BaseRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import { shapeOf } from '../model/shape.js';
import { type Census, missing } from './census.js';

const OLD_BASE = 'of an old base';
const OLD_SHAPE = 'of an old shape';

/** Why an instance that is not activated yet shall not be made an agent any more; undefined where it may be. */
export function driftOf({ instance }: Agent, base: BaseRecord, spec: PoolSpec): string | undefined {
  if (instance === undefined) return undefined;
  if (instance.contract !== CONTRACT) return 'of another release';
  if (instance.base !== base.name) return OLD_BASE;
  return instance.shape === shapeOf(spec) ? undefined : OLD_SHAPE;
}

/** Why an idle agent is to be replaced; undefined where it may stay. The shape of another release's agent is its own affair. */
export function driftOfIdle(agent: Agent, { bases, spec }: Census): string | undefined {
  if (bases.base === undefined) return undefined;
  if (agent.instance?.base !== bases.base.name) return OLD_BASE;
  return isOfOldShape(agent, spec) ? OLD_SHAPE : undefined;
}

/** How many agents may be given up at once for another base or shape, where this one is one of them. */
export function driftAtOnce(agent: Agent, census: Census, maxAtOnce: number): number {
  const { base, proven } = census.bases;
  const isOfBase = ({ instance }: Agent) => instance?.base === base?.name;
  const forBase = proven || isOfBase(agent) ? maxAtOnce : one(census, isOfBase);
  return isOfOldShape(agent, census.spec) ? Math.min(forBase, forShape(census, maxAtOnce)) : forBase;
}

/**
 * What has the new shape may never come online. So the reserve is of that shape before any agent goes for it, and only once an
 * agent with it was seen online do more than one go. Where a reserve is kept, none goes before its successor is prepared.
 */
function forShape(census: Census, maxAtOnce: number): number {
  const { listening, older, prepared, spec } = census;
  if (older.length > 0 || (spec.reserve > 0 && listening.length + prepared.length === 0)) return 0;
  const isOfShape = ({ instance }: Agent) => instance?.shape === shapeOf(census.spec);
  const isProven = census.live.some(agent => isOfShape(agent) && agent.life.seenOnline);
  return isProven ? maxAtOnce : one(census, isOfShape);
}

/** One, in a pool that lacks none and has no agent of what is new: what does not work costs one place, not the pool. */
function one(census: Census, isNew: (agent: Agent) => boolean): number {
  return !census.live.some(isNew) && census.activating.size === 0 && missing(census) === 0 ? 1 : 0;
}

function isOfOldShape({ instance }: Agent, spec: PoolSpec): boolean {
  if (instance === undefined || instance.contract !== CONTRACT || instance.shape === '') return false;
  return instance.shape !== shapeOf(spec);
}
