/** What all instances of the project may take together, so that nobody who holds its certificate takes the host. */

import type { PoolSpec } from '../model/pool.js';
import { instanceCeiling } from '../plan/target.js';
import type { Keys } from './model.js';

/** Bases of a pool: the one in use, the next one, one of which agents still live, and a copy that is measured. */
const BASES_PER_POOL = 4;

export interface ProjectLimits {
  /** For the project. */
  readonly project: Keys;
  /** For its profile: what an instance has that says nothing itself, such as a base. Incus adds up what each one may take. */
  readonly profile: Keys;
  /** What cannot be limited, as sentences. */
  readonly remarks: readonly string[];
}

/** Adds up the ceilings of all pools. */
export function projectLimits(pools: readonly PoolSpec[]): ProjectLimits {
  const bases = BASES_PER_POOL * pools.length;
  const processes = total(pools, bases, pool => pool.instance.maxProcesses);
  const memory = total(pools, bases, pool => pool.instance.memoryBytes);
  const endless = pools.filter(pool => pool.instance.memoryBytes === undefined).map(pool => `"${pool.name}"`);
  return {
    project: {
      'limits.instances': String(mostInstances(pools)),
      'limits.virtual-machines': '0',
      ...(processes && { 'limits.processes': String(processes.sum) }),
      ...(memory && { 'limits.memory': `${memory.sum}B` }),
    },
    profile: {
      ...(processes && { 'limits.processes': String(processes.most) }),
      ...(memory && { 'limits.memory': `${memory.most}B` }),
    },
    remarks:
      endless.length === 0
        ? []
        : [`The project has no limit of memory, since pool ${endless.join(', ')} has none: write maxRamInGb.`],
  };
}

/** Most instances that the project ever holds, bases included. */
export function mostInstances(pools: readonly PoolSpec[]): number {
  return pools.reduce((sum, pool) => sum + instanceCeiling(pool) + BASES_PER_POOL, 0);
}

/** Undefined where a pool knows no end. */
function total(pools: readonly PoolSpec[], bases: number, of: (pool: PoolSpec) => number | undefined) {
  const each = pools.map(of);
  if (each.some(limit => limit === undefined)) return undefined;
  const limits = each.map(limit => limit ?? 0);
  const most = Math.max(...limits);
  const sum = pools.reduce((whole, pool, i) => whole + instanceCeiling(pool) * (limits[i] ?? 0), bases * most);
  return { most, sum };
}
