import type { AzurePipelinesClient } from 'azure-pipelines-client';
import type { OnProgress } from '../model/progress.js';

/** Of the one call that is made for it, whatever has stopped the conversation. */
const DEADLINE_MS = 15_000;

/**
 * Tells of jobs that wait for an agent of the conversation, which is going: nobody will ever take them. A job that such an agent
 * has is told elsewhere. A queue that cannot be read is left at that.
 */
export async function tellJobsLeft(
  client: Pick<AzurePipelinesClient, 'jobRequests'>,
  poolId: number,
  agentPrefix: string,
  onProgress: OnProgress,
): Promise<void> {
  const named = `agent.name -equals ${agentPrefix}`.toLowerCase();
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const queue = await client.jobRequests.listUnfinished(poolId, { signal }).catch(() => []);
  for (const { demands = [], requestId, reservedAgent } of queue)
    if (reservedAgent === undefined && demands.some(demand => demand.toLowerCase().startsWith(named)))
      onProgress({
        kind: 'line',
        text: `leaves job request ${requestId} behind, which waits for an agent that is gone: cancel its run in Azure`,
      });
}
