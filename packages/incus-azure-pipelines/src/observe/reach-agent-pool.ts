import { isAzurePipelinesError } from 'azure-pipelines-client';
import { findInstallation } from '../lib/installation.js';
import { isKnownPool } from '../lib/known-pools.js';
import { PassingError } from '../lib/passing-error.js';
import { UserError } from '../lib/user-error.js';
import { type AzureTarget, azureKey } from '../model/pool.js';
import type { AzureObserver } from './azure-observer.js';

/**
 * Looks at the start whether the agent pool is there. Where a daemon of this state directory has found it before, Azure is
 * more likely ill than the file wrong: a sign-in page or a refusal may be gone in a minute.
 *
 * @throws PassingError where the agent pool was found before; UserError or AzurePipelinesError where it was not.
 */
export async function reachAgentPool(
  observer: Pick<AzureObserver, 'poolId'>,
  azure: AzureTarget,
  stateDirectory: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await observer.poolId(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError || isAzurePipelinesError(error))) throw error;
    const installation = await findInstallation(stateDirectory);
    if (installation === undefined || !(await isKnownPool(installation, azureKey(azure)))) throw error;
    const { agentPool } = azure;
    throw new PassingError(`${error.message}; agent pool "${agentPool}" was there before, so this may pass by itself`, {
      cause: error,
    });
  }
}
