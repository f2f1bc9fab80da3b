/** The queue of a pool. Source: `getAgentRequests` of azure-devops-node-api; the parameter as KEDA uses it. */

import type { CallOptions } from './call.js';
import { isNumber, parseList } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgentJobRequest } from './wire.js';

export interface JobRequests {
  /** Lists the job requests of a pool that are queued, assigned or running, in no promised order. */
  listUnfinished(poolId: number, options?: CallOptions): Promise<readonly TaskAgentJobRequest[]>;
  /**
   * Lists the same, and behind them those that ended last, at most so many. How many a server keeps is not documented, and
   * with some ten thousand the answer takes longer than a call may.
   */
  listWithFinished(poolId: number, most: number, options?: CallOptions): Promise<readonly TaskAgentJobRequest[]>;
}

/** Binds the job request calls to a connection. */
export function jobRequestsOf(transport: Transport): JobRequests {
  const list = async (poolId: number, finished: number, options: CallOptions | undefined) => {
    const body = await transport.send(
      {
        method: 'GET',
        path: 'distributedtask/pools/{pool}/jobrequests',
        params: { pool: poolId },
        // `$top` would bring another serialisation without `matchedAgents`, with queued requests crowded out.
        query: { completedRequestCount: finished },
        attempt: `list the job requests of pool ${poolId}`,
      },
      options,
    );
    return parseList<TaskAgentJobRequest>('job request', { requestId: isNumber }, body);
  };
  return {
    listUnfinished: async (poolId, options) => {
      const requests = await list(poolId, 0, options);
      return requests.filter(({ result, finishTime }) => result === undefined && finishTime === undefined);
    },
    listWithFinished: list,
  };
}
