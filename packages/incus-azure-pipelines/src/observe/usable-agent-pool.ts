import type { AzurePipelinesClient, TaskAgentPool } from 'azure-pipelines-client';
import { type Obstacle, sentenceOf } from '../lib/obstacle.js';
import { UserError } from '../lib/user-error.js';

/**
 * The id of an agent pool that agents of ours may join: one that is there, and whose agents are its owner's own affair.
 *
 * @throws UserError when there is none, or when Azure itself keeps its agents; AzurePipelinesError as the call does.
 */
export async function usableAgentPool(
  client: Pick<AzurePipelinesClient, 'url'> & { readonly pools: Pick<AzurePipelinesClient['pools'], 'findByName'> },
  name: string,
  signal: AbortSignal,
): Promise<number> {
  const pool = await client.pools.findByName(name, { signal });
  const obstacle = agentPoolObstacle(pool, name, client.url);
  if (obstacle !== undefined) throw new UserError(sentenceOf(obstacle));
  return pool?.id ?? 0;
}

/** Why agents of ours may not join what was found under a name; undefined where they may. Pure. */
export function agentPoolObstacle(pool: TaskAgentPool | undefined, name: string, url: string): Obstacle | undefined {
  if (pool === undefined)
    return { what: `no agent pool "${name}" at ${url}`, remedy: 'create it, or give the token a role in it' };
  const keeper = keeperOf(pool);
  if (keeper === undefined) return undefined;
  const remedy = 'create a self-hosted pool and name that one';
  return { what: `agent pool "${name}" at ${url} ${keeper}`, remedy };
}

/** Who else makes and removes agents of the pool, in words; undefined for nobody. */
function keeperOf(pool: TaskAgentPool): string | undefined {
  if (pool.isHosted === true) return 'is hosted by Microsoft';
  if (pool.poolType === 'deployment') return 'is a deployment pool, which takes no jobs of build pipelines';
  const flags = pool.options?.split(',').map(flag => flag.trim().toLowerCase()) ?? [];
  return flags.includes('elasticpool') ? 'belongs to a scale set, whose agents Azure itself makes' : undefined;
}
