/** Which bases the pools use, as far as the bases themselves tell. Pure. */
import type { BaseRecord, InstanceRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import type { BaseFacts } from './facts.js';

/** What is seen of an installation. */
interface Seen {
  readonly bases: readonly BaseRecord[];
  readonly instances: readonly InstanceRecord[];
  /** By a pool's name, digest of what its configuration says of its base; a pool whose files cannot be read has none. */
  readonly own: ReadonlyMap<string, string>;
}

/**
 * Each base that is copied for a pool, with those pools: of the bases that are as the pool is configured now the newest that is proven,
 * else the newest proven one that it had, else the newest of either. A pool without one is not in it.
 */
export function usedBases(pools: readonly Pick<PoolSpec, 'name'>[], seen: Seen): readonly BaseFacts[] {
  const used = new Map<BaseRecord, string[]>();
  for (const { name } of pools) {
    const base = baseOf(name, seen);
    if (base !== undefined) used.set(base, [...(used.get(base) ?? []), name]);
  }
  return [...used].map(([base, names]) => ({
    name: base.name,
    agentVersion: base.agentVersion,
    docker: base.docker,
    pools: names,
  }));
}

function baseOf(pool: string, { bases, instances, own }: Seen): BaseRecord | undefined {
  const there = bases
    .filter(({ contract, ready }) => ready && contract === CONTRACT)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const asked = there.filter(base => base.own !== '' && base.own === own.get(pool));
  const had = there.filter(
    base =>
      base.pool === pool ||
      base.provenFor.includes(pool) ||
      instances.some(instance => instance.pool === pool && instance.base === base.name),
  );
  const proven = (base: BaseRecord) => base.provenFor.length > 0;
  return asked.find(proven) ?? had.find(proven) ?? asked[0] ?? had[0];
}
