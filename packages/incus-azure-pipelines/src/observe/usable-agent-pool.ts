import type { AzurePipelinesClient, TaskAgentPool } from 'azure-pipelines-client';
import { UserError } from '../lib/user-error.js';

/**
 * The id of an agent pool that agents of ours may join: one that is there, and whose agents are its owner's own affair.
 *
 * @throws UserError when there is none, or when Azure itself keeps its agents; AzurePipelinesError as the call does.
 */
export async function usableAgentPool(
  client: Pick<AzurePipelinesClient, 'url' | 'pools'>,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  const pool = await client.pools.findByName(name, { signal });
  if (pool === undefined)
    throw new UserError(`no agent pool "${name}" at ${client.url}; create it, or give the token a role in it`);
  const keeper = keeperOf(pool);
  if (keeper === undefined) return pool.id;
  throw new UserError(`agent pool "${name}" at ${client.url} ${keeper}; create a self-hosted pool and name that one`);
}

/** Who else makes and removes agents of the pool, in words; undefined for nobody. */
function keeperOf(pool: TaskAgentPool): string | undefined {
  if (pool.isHosted === true) return 'is hosted by Microsoft';
  if (pool.poolType === 'deployment') return 'is a deployment pool, which takes no jobs of build pipelines';
  const flags = pool.options?.split(',').map(flag => flag.trim().toLowerCase()) ?? [];
  return flags.includes('elasticpool') ? 'belongs to a scale set, whose agents Azure itself makes' : undefined;
}
