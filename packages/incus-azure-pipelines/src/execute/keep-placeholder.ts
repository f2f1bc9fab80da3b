import { ignoreNotFound, isAzurePipelinesError, type NewAgent } from 'azure-pipelines-client';
import type { Action } from '../model/action.js';
import { PLACEHOLDER_VERSION, SEEN_AT } from '../model/placeholder.js';
import { type ExecutorParts, readerOf } from './parts.js';

/**
 * Makes a pool's placeholder, or puts it right. It is registered without a key, so that nobody can ever be online by it,
 * and enabled, since it is not documented that Azure counts one that is not. Where a list lacked one that is there, that stays as it
 * is: it may remember more of the agents than is known here, and the next list shows it.
 *
 * @throws AzurePipelinesError as the calls do.
 */
export async function keepPlaceholder(
  { agentId, agentPool, capabilities, name }: Action<'keep-placeholder'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { azure, agentPoolId } = readerOf(parts, agentPool);
  const poolId = await agentPoolId(signal);
  const seen = new Date(parts.clock.now()).toISOString();
  const agent: NewAgent = {
    name,
    version: PLACEHOLDER_VERSION,
    osDescription: 'Linux (placeholder, for which jobs wait while there is no agent)',
    enabled: true,
    systemCapabilities: { ...capabilities, [SEEN_AT]: seen },
  };
  if (agentId !== undefined) {
    await azure.agents.replace(poolId, agentId, agent, { signal });
    // Those that a person has given it would have jobs wait for what no agent offers.
    await azure.agents.setUserCapabilities(poolId, agentId, {}, { signal });
    return;
  }
  try {
    await azure.agents.create(poolId, agent, { signal });
  } catch (error) {
    if (!isAzurePipelinesError(error, 'conflict')) throw error;
    const all = await azure.agents.list(poolId, { agentName: name, signal });
    if (!all.some(one => one.name === name)) throw error;
  }
}

/** Deletes a placeholder; being gone already is success. Source: `DELETE pools/{pool}/agents/{agent}`. */
export async function removePlaceholder(
  { agentId, agentPool }: Action<'remove-placeholder'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { azure, agentPoolId } = readerOf(parts, agentPool);
  await ignoreNotFound(azure.agents.delete(await agentPoolId(signal), agentId, { signal }));
}
