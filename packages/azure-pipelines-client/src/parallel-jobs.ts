/** What an organisation may run at once. Source: `getResourceUsage` of azure-devops-node-api. */

import type { CallOptions } from './call.js';
import { parseObject } from './parse.js';
import type { Transport } from './transport.js';
import type { ResourceUsage } from './wire.js';

export interface ParallelJobs {
  /**
   * How many jobs of private projects the organisation runs on agents of its own, and how many it may run at once. Whether a token
   * for agents is told, and what a server of one's own answers, is documented nowhere; not tried on a real server.
   */
  selfHosted(options?: CallOptions): Promise<ResourceUsage>;
}

/** Binds the calls about parallel jobs to a connection. */
export function parallelJobsOf(transport: Transport): ParallelJobs {
  return {
    selfHosted: async options => {
      const body = await transport.send(
        {
          method: 'GET',
          path: 'distributedtask/resourceusage',
          query: { parallelismTag: 'Private', poolIsHosted: false, includeRunningRequests: false },
          attempt: 'read how many jobs may run at once',
        },
        options,
      );
      return parseObject<ResourceUsage>('use of parallel jobs', {}, body);
    },
  };
}
