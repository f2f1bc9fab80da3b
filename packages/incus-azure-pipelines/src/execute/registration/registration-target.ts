import type { AzurePipelinesClient } from 'azure-pipelines-client';
import type { RegistrationTarget } from './register.js';

/**
 * Gives the target of a pool's registrations. Whether its server is hosted is asked once, ahead of the first activation,
 * and never again. Source: `GET connectionData`.
 */
export function registrationTarget(
  client: AzurePipelinesClient,
  agentPool: string,
  poolId: (signal: AbortSignal) => Promise<number>,
): (signal: AbortSignal) => Promise<RegistrationTarget> {
  let hosted: boolean | undefined;
  return async signal => {
    hosted ??= /\bhosted\b/i.test((await client.connectionData({ signal })).deploymentType ?? '');
    return { client, agentPool, poolId: await poolId(signal), hosted };
  };
}
