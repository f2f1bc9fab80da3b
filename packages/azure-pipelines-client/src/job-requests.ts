/** The queue of a pool. Source: `getAgentRequests` of azure-devops-node-api; the parameter as KEDA uses it. */

import type { CallOptions } from './call.js';
import { isNumber, parseList } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgentJobRequest } from './wire.js';

export interface JobRequests {
  /** Lists the job requests of a pool that are queued, assigned or running, in no promised order. */
  listUnfinished(poolId: number, options?: CallOptions): Promise<readonly TaskAgentJobRequest[]>;
}

/** Binds the job request calls to a connection. */
export function jobRequestsOf(transport: Transport): JobRequests {
  return {
    listUnfinished: async (poolId, options) => {
      const body = await transport.send(
        {
          method: 'GET',
          path: 'distributedtask/pools/{pool}/jobrequests',
          params: { pool: poolId },
          // `$top` would bring another serialisation without `matchedAgents`, with queued requests crowded out.
          query: { completedRequestCount: 0 },
          attempt: `list the job requests of pool ${poolId}`,
        },
        options,
      );
      const requests = parseList<TaskAgentJobRequest>('job request', { requestId: isNumber }, body);
      return requests.filter(({ result, finishTime }) => result === undefined && finishTime === undefined);
    },
  };
}
