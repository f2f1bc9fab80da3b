/** The pools of a file, each with what stands beside `pools:` filled in. */

import { type KeyPath, valueAt } from './finding.js';
import type { PoolSettings } from './pool-schema.js';
import { poolSchema } from './pool-schema.js';
import type { FileSettings } from './schema.js';

export interface PoolEntry {
  /** Name of the pool; empty when the entry lacks one, which is a finding of its own. */
  readonly name: string;
  readonly settings: PoolSettings;
  /** Where in the file a setting of this pool stands: in its entry, else beside `pools:`. */
  path(...keys: KeyPath): KeyPath;
}

/** Lists the pools of a file. The maps `azure`, `env`, `capabilities` and `remotes` are merged by key, everything else is replaced whole. */
export function poolEntries(file: FileSettings): readonly PoolEntry[] {
  const shared = sharedSettings(file);
  if (file.pools === undefined) {
    return [{ name: file.name ?? file.azure?.pool ?? 'default', settings: shared, path: (...keys) => keys }];
  }
  return file.pools.map((entry, index) => ({
    name: entry.name ?? '',
    settings: {
      ...shared,
      ...entry,
      azure: merged(forPool(shared.azure, entry.azure), entry.azure),
      env: merged(shared.env, entry.env),
      capabilities: merged(shared.capabilities, entry.capabilities),
      remotes: merged(shared.remotes, entry.remotes),
    },
    path: (...keys) =>
      valueAt(entry, keys) === undefined && valueAt(shared, keys) !== undefined ? keys : ['pools', index, ...keys],
  }));
}

function sharedSettings(file: FileSettings): PoolSettings {
  const known = new Set(Object.keys(poolSchema.shape));
  return Object.fromEntries(Object.entries(file).filter(([name]) => known.has(name)));
}

/** A pool that says who it is says all of it, the day on which its token expires included. */
function forPool(shared: PoolSettings['azure'], own: PoolSettings['azure']): PoolSettings['azure'] {
  if (shared === undefined || (own?.pat === undefined && own?.auth === undefined)) return shared;
  return { ...shared, pat: undefined, auth: undefined, patExpires: undefined };
}

function merged<T extends object>(shared: T | undefined, own: T | undefined): T | undefined {
  return shared === undefined || own === undefined ? (own ?? shared) : { ...shared, ...own };
}
