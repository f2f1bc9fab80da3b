import { ignoreNotFound, type TaskAgent } from 'azure-pipelines-client';
import type { AgentIdentity } from './agent-files.js';
import type { RegistrationTarget } from './register.js';

/**
 * Takes back the registration of an agent whose activation failed; true when it is gone. A push without an answer may
 * have arrived all the same: an agent that is online, or has a job, is left to the loop.
 *
 * @throws AzurePipelinesError as the calls do.
 */
export async function withdraw(
  target: RegistrationTarget,
  { agentId, agentName }: AgentIdentity,
  signal: AbortSignal,
): Promise<boolean> {
  const { agents } = target.client;
  const options = { includeAssignedRequest: true, signal };
  const look = () => ignoreNotFound(agents.get(target.poolId, agentId, options));
  if (mayWork(await look())) return false;
  await ignoreNotFound(agents.patch(target.poolId, { id: agentId, name: agentName, enabled: false }, { signal }));
  if (mayWork(await look())) return false;
  await ignoreNotFound(agents.delete(target.poolId, agentId, { signal }));
  return true;
}

function mayWork(agent: TaskAgent | undefined): boolean {
  return agent !== undefined && (agent.status === 'online' || agent.assignedRequest !== undefined);
}
