import type { CallOptions } from '../deadline.js';
import { callFor, type Scope } from '../scope.js';
import type { StoragePool, StoragePoolResources } from '../wire/server.js';

/** Storage pools, which belong to no project: `/1.0/storage-pools`. */
export interface StoragePools {
  list(options?: CallOptions): Promise<readonly StoragePool[]>;
  get(name: string, options?: CallOptions): Promise<StoragePool>;
  resources(name: string, options?: CallOptions): Promise<StoragePoolResources>;
}

const all = '/1.0/storage-pools';

export function makeStoragePools(scope: Scope): StoragePools {
  return {
    async list(options) {
      const exchange = { tried: 'list storage pools', method: 'GET', route: all, query: { recursion: 1 } } as const;
      return ((await callFor<readonly StoragePool[] | null>(scope, exchange, options)) ?? []).map(readStoragePool);
    },
    async get(name, options) {
      const tried = `get storage pool "${name}"`;
      const exchange = { tried, method: 'GET', route: `${all}/{name}`, names: { name } } as const;
      return readStoragePool(await callFor<StoragePool>(scope, exchange, options));
    },
    async resources(name, options) {
      const tried = `read the resources of storage pool "${name}"`;
      const exchange = { tried, method: 'GET', route: `${all}/{name}/resources`, names: { name } } as const;
      return await callFor(scope, exchange, options);
    },
  };
}

function readStoragePool(raw: StoragePool): StoragePool {
  return { ...raw, config: raw.config ?? {} };
}
