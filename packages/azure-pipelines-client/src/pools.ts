/** Agent pools. Source: `Pools` of the `taskAgent` document. */

import type { CallOptions } from './call.js';
import { isNumber, isString, parseList } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgentPool } from './wire.js';

export interface Pools {
  /** Finds the agent pool of that name, whatever its case; `undefined` when there is none. */
  findByName(name: string, options?: CallOptions): Promise<TaskAgentPool | undefined>;
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
  };
}
