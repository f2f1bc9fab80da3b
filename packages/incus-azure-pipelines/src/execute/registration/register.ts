import type { KeyObject } from 'node:crypto';
import {
  type AzurePipelinesClient,
  ignoreNotFound,
  isAzurePipelinesError,
  type NewAgent,
  type TaskAgent,
} from 'azure-pipelines-client';
import { UserError } from '../../lib/user-error.js';
import type { AgentIdentity } from './agent-files.js';
import { publicKeyOf } from './rsa-parameters.js';
import { settledServerUrl, tokenEndpoint } from './server-url.js';

/** The agent pool in Azure that agents are registered with. */
export interface RegistrationTarget {
  readonly client: AzurePipelinesClient;
  readonly agentPool: string;
  readonly poolId: number;
  /** Whether Microsoft runs the server. */
  readonly hosted: boolean;
}

/** The server knows no keys of agents, so that an agent could only sign in with the organisation's own token. */
export class MissingAuthorizationError extends UserError {}

const NO_CLIENT = /^[0-]*$/;

/**
 * Registers an agent that signs in with `key`; one call where all is well. A registration of that name is what an
 * attempt without an answer has left, since names are unique per life: it is replaced unless it is online or has a job.
 *
 * @throws MissingAuthorizationError, with the registration deleted; AzurePipelinesError as the calls do.
 */
export async function registerAgent(
  target: RegistrationTarget,
  agent: NewAgent,
  key: KeyObject,
  signal: AbortSignal,
): Promise<AgentIdentity> {
  const { client, poolId } = target;
  const wanted: NewAgent = { ...agent, authorization: { publicKey: publicKeyOf(key) } };
  const made = await client.agents.create(poolId, wanted, { signal }).catch(async error => {
    if (!isAzurePipelinesError(error, 'conflict') || !(await removeLeftover(target, agent.name, signal))) throw error;
    return client.agents.create(poolId, wanted, { signal });
  });
  const identity = identityOf(target, made, key);
  if (identity !== undefined) return identity;
  await ignoreNotFound(client.agents.delete(poolId, made.id, { signal }));
  throw new MissingAuthorizationError(
    `register an agent at ${client.url}: the server answered without "authorization", so every agent would have to keep the token of the organisation; use Azure DevOps Services, or a release of Azure DevOps Server whose agents sign in with a key`,
  );
}

/** Deletes what an earlier attempt has left under this name; false when it is more than that. */
async function removeLeftover(target: RegistrationTarget, name: string, signal: AbortSignal): Promise<boolean> {
  const { client, poolId } = target;
  const found = await client.agents.list(poolId, { agentName: name, includeAssignedRequest: true, signal });
  const left = found.find(agent => agent.name === name);
  if (left === undefined || left.status === 'online' || left.assignedRequest !== undefined) return false;
  await ignoreNotFound(client.agents.delete(poolId, left.id, { signal }));
  return true;
}

/** Who an agent is by the answer to its registration; undefined where the server gave it no identity of its own. */
export function identityOf(target: RegistrationTarget, agent: TaskAgent, key: KeyObject): AgentIdentity | undefined {
  const { clientId = '', authorizationUrl = '' } = agent.authorization ?? {};
  if (NO_CLIENT.test(clientId) || authorizationUrl === '') return undefined;
  const { client, hosted } = target;
  const serverUrl = settledServerUrl(client.url, agent.properties?.ServerUrl?.$value, hosted);
  return {
    agentId: agent.id,
    agentName: agent.name,
    poolId: target.poolId,
    agentPool: target.agentPool,
    serverUrl,
    clientId,
    authorizationUrl,
    tokenEndpoint: tokenEndpoint(authorizationUrl, serverUrl, hosted),
    key,
  };
}
