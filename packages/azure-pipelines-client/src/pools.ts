/** Agent pools. Source: `Pools` of the `taskAgent` document. */

import { AzurePipelinesError } from './azure-pipelines-error.js';
import type { CallOptions } from './call.js';
import { isNumber, isString, parseList } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgentPool } from './wire.js';

/** What a caller may do with an agent pool: bits of the security namespace `DistributedTask`. */
export const POOL_PERMISSIONS = {
  /** See the pool and its agents. */
  view: 1,
  /** Register, change and delete agents. */
  manage: 2,
} as const;

export interface Pools {
  /** Finds the agent pool of that name, whatever its case; `undefined` when there is none. */
  findByName(name: string, options?: CallOptions): Promise<TaskAgentPool | undefined>;
  /**
   * The agent pools whose agents the caller may manage. Not tried on a real server. Source: `actionFilter` of the `taskAgent`
   * document.
   */
  listManageable(options?: CallOptions): Promise<readonly TaskAgentPool[]>;
  /**
   * Whether the caller has all of these permissions, added up, on a pool. No version is asked for, since none is documented; not
   * tried on a real server. Source: `HasPoolPermissions` of azure-devops-node-api.
   */
  hasPermissions(poolId: number, permissions: number, options?: CallOptions): Promise<boolean>;
}

/** Binds the pool calls to a connection. */
export function poolsOf(transport: Transport): Pools {
  return {
    findByName: async (name, options) => {
      const body = await transport.send(
        {
          method: 'GET',
          path: 'distributedtask/pools',
          query: { poolName: name },
          apiVersion: '7.0',
          attempt: `find the agent pool "${name}"`,
        },
        options,
      );
      const pools = parseList<TaskAgentPool>('agent pool', { id: isNumber, name: isString }, body);
      // The server may take the name as a mere filter.
      return pools.find(pool => pool.name.toLowerCase() === name.toLowerCase());
    },
    listManageable: async options => {
      const body = await transport.send(
        {
          method: 'GET',
          path: 'distributedtask/pools',
          query: { poolType: 'automation', actionFilter: 'manage' },
          apiVersion: '7.0',
          attempt: 'list the agent pools that may be managed',
        },
        options,
      );
      return parseList<TaskAgentPool>('agent pool', { id: isNumber, name: isString }, body);
    },
    hasPermissions: async (poolId, permissions, options) => {
      const attempt = `ask for the permissions on pool ${poolId}`;
      const path = 'distributedtask/pools/{pool}/permissions/{permissions}';
      const body = await transport.send(
        { method: 'GET', path, params: { pool: poolId, permissions }, attempt },
        options,
      );
      if (typeof body === 'boolean') return body;
      const why = 'the answer is neither yes nor no; try again later';
      throw new AzurePipelinesError('protocol', `${attempt} on ${transport.url}: ${why}`);
    },
  };
}
