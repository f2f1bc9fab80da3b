import type { BaseRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';

/** The bases that a pool's instances are copied from. */
export interface BaseChoice {
  /** The base of all instances but the one that tries another; undefined while there is none. */
  readonly base: BaseRecord | undefined;
  /** Whether that one works: an agent copied from it was seen online. */
  readonly proven: boolean;
  /** A newer base that the configuration asks for and that has yet to show that it works: one instance tries it. */
  readonly tried: BaseRecord | undefined;
}

/**
 * Chooses the bases of a pool: the wanted one if it is proven. While it is not, or not ready, the proven one that the pool
 * used last, and the wanted one is tried. Where none is proven, the wanted one, else the newest that was built for the pool.
 */
export function chooseBases(spec: PoolSpec, observed: Observed): BaseChoice {
  const ready = (knownValue(observed.bases) ?? []).filter(base => base.ready && base.contract === CONTRACT);
  const wanted = ready.find(({ name }) => name === knownValue(observed.wantedBases.get(spec.name)));
  if (wanted !== undefined && isProven(wanted, observed)) return { base: wanted, proven: true, tried: undefined };
  const own = ready
    .filter(base => base !== wanted && servedPool(base, spec, observed))
    .sort((a, b) => lastCopiedAt(b, spec, observed) - lastCopiedAt(a, spec, observed) || b.createdAt - a.createdAt);
  const proven = own.find(base => isProven(base, observed));
  if (proven !== undefined) return { base: proven, proven: true, tried: wanted };
  return { base: wanted ?? own[0], proven: false, tried: undefined };
}

/** Whether a base works: it is marked so, is being marked, or will be at once since an agent that was online is in sight. */
export function isProven(base: BaseRecord, observed: Observed): boolean {
  const isMarking = observed.inFlight.some(action => action.kind === 'prove-base' && action.base === base.name);
  if (base.provenFor.length > 0 || isMarking) return true;
  return agentsOf(observed).some(agent => agent.life.seenOnline && agent.instance?.base === base.name);
}

/** Why a pool has no base to copy, in words; undefined when it has one. */
export function baseObstacle(spec: PoolSpec, observed: Observed): string | undefined {
  if (chooseBases(spec, observed).base !== undefined) return undefined;
  const wanted = observed.wantedBases.get(spec.name);
  if (wanted?.known === false) return `the base cannot be named yet: ${wanted.error}`;
  const base = knownValue(wanted);
  const failure = base === undefined ? undefined : observed.failures.get(`build-base/${base}`);
  if (failure !== undefined) return `the base could not be built: ${failure.error}`;
  const building = observed.inFlight.some(action => action.kind === 'build-base' && action.base === base);
  return building ? 'the base is being built' : 'the base is not built yet';
}

/** Two pools of one shape share a base, whose mark names the one that had it built. */
function servedPool(base: BaseRecord, spec: PoolSpec, observed: Observed): boolean {
  if (base.pool === spec.name || base.provenFor.includes(spec.name)) return true;
  return agentsOf(observed).some(agent => agent.pool === spec.name && agent.instance?.base === base.name);
}

function lastCopiedAt(base: BaseRecord, spec: PoolSpec, observed: Observed): number {
  const copies = agentsOf(observed).filter(agent => agent.pool === spec.name && agent.instance?.base === base.name);
  return Math.max(0, ...copies.map(({ instance }) => instance?.createdAt ?? 0));
}

function agentsOf(observed: Observed) {
  return knownValue(observed.agents) ?? [];
}
