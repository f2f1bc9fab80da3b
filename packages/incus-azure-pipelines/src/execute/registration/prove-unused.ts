import type { AgentIdentity } from './agent-files.js';
import type { RegistrationTarget } from './register.js';

/**
 * Sees the agent disabled and without a job. One that was registered disabled cannot have been given a job; a server
 * that enabled it all the same is told again, and then has to show it twice.
 *
 * @throws Error when the server does not show it so; AzurePipelinesError as the calls do.
 */
export async function proveUnused(
  { client, poolId }: RegistrationTarget,
  { agentId, agentName }: AgentIdentity,
  signal: AbortSignal,
): Promise<void> {
  const isUnused = async () => {
    const agent = await client.agents.get(poolId, agentId, { includeAssignedRequest: true, signal });
    return agent.enabled === false && agent.assignedRequest === undefined;
  };
  if (await isUnused()) return;
  await client.agents.patch(poolId, { id: agentId, name: agentName, enabled: false }, { signal });
  if ((await isUnused()) && (await isUnused())) return;
  throw new Error(
    `disable agent "${agentName}" of pool ${poolId} on ${client.url}: the server does not show it disabled`,
  );
}
