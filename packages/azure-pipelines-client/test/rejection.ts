import { AzurePipelinesError } from '../src/azure-pipelines-error.js';

/** Waits for a promise to fail with an error of the package, and returns it. */
export async function rejection(promise: Promise<unknown>): Promise<AzurePipelinesError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AzurePipelinesError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
