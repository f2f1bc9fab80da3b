import { ignoreNotFound as ignoreNotInAzure } from 'azure-pipelines-client';
import { ignoreNotFound, isIncusError } from 'incus-client';
import type { Action } from '../model/action.js';
import { type ExecutorParts, readerOf } from './parts.js';

const STOP_DEADLINE_MS = 60_000;

/** Keeps Azure from assigning a job to the agent. Source: `PATCH pools/{pool}/agents/{agent}`. */
export async function disableAgent(
  action: Action<'disable-agent'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { azure, agentPoolId } = readerOf(parts, action.agentPool);
  const patch = { id: action.agentId, name: action.name, enabled: false };
  await ignoreNotInAzure(azure.agents.patch(await agentPoolId(signal), patch, { signal }));
}

/** Deletes the registration; Azure refuses while a job runs, which is the last guard. Source: `DELETE .../agents/{agent}`. */
export async function deleteRegistration(
  action: Action<'delete-registration'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { azure, agentPoolId } = readerOf(parts, action.agentPool);
  await ignoreNotInAzure(azure.agents.delete(await agentPoolId(signal), action.agentId, { signal }));
}

/**
 * Stops the instance by force and deletes it; being gone already is success. An ephemeral one goes by being stopped. Where it
 * goes because Azure does not show its agent, that one is asked for by itself first: a list may lack what is there.
 *
 * @throws Error when its agent is there after all; AzurePipelinesError and IncusError as the calls do.
 */
export async function deleteInstance(
  action: Action<'delete-instance'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  if (action.unless !== undefined && (await isRegistered(action.name, action.unless, parts, signal)))
    throw new Error(`delete instance "${action.name}": Azure has its agent, which the last lists lacked`);
  await removeInstance(action.name, parts, signal);
}

async function isRegistered(
  name: string,
  { agentPool, agentId }: NonNullable<Action<'delete-instance'>['unless']>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<boolean> {
  const { azure, agentPoolId } = readerOf(parts, agentPool);
  const poolId = await agentPoolId(signal);
  if (agentId !== undefined && (await ignoreNotInAzure(azure.agents.get(poolId, agentId, { signal })))) return true;
  return (await azure.agents.list(poolId, { agentName: name, signal })).some(agent => agent.name === name);
}

/** Deletes a base that a build has left half-made, or that nobody needs. */
export async function deleteBase(
  action: Action<'delete-base'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  await removeInstance(action.base, parts, signal);
}

/** Takes `/dev/incus` away from a guest that rings without end; its end then comes from Azure and from Incus. */
export async function removeDoorbell(
  action: Action<'remove-doorbell'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  await ignoreNotFound(
    parts.incus.instances.patch(action.name, { config: { 'security.guestapi': 'false' } }, { signal }),
  );
  parts.emit('doorbell-removed', { name: action.name, pool: action.pool });
}

/** Stops an instance by force and deletes it; being gone already is success. */
export async function removeInstance(name: string, { incus }: ExecutorParts, signal: AbortSignal): Promise<void> {
  const options = { signal, deadlineMs: STOP_DEADLINE_MS };
  try {
    await incus.instances.changeState(name, { action: 'stop', force: true }, options);
  } catch (error) {
    if (!isIncusError(error, 'not-found') && !isIncusError(error, 'already-so')) throw error;
  }
  await ignoreNotFound(incus.instances.delete(name, options));
}
