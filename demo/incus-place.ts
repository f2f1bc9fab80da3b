import { startPrivateIncus } from '../testbed/private-incus.js';
import { borrowIncus, type ExistingIncus, type IncusPlace } from './existing-incus.js';

/** Takes the Incus that runs here where it has storage, else starts a private one beside it. */
export async function openIncusPlace(existing: ExistingIncus | undefined, signal: AbortSignal): Promise<IncusPlace> {
  if (existing?.storagePool !== undefined) {
    return await borrowIncus({ ...existing, storagePool: existing.storagePool }, signal);
  }
  return await startPrivateIncus({ signal });
}

/** Says in one sentence which Incus the demo uses. */
export function describePlace(existing: ExistingIncus | undefined): string {
  if (existing === undefined) return 'none runs here, so the demo starts a private one';
  if (existing.storagePool === undefined) {
    return `the one that runs here (${existing.version}) has no storage pool yet, so the demo starts a private one`;
  }
  const network = existing.network === undefined ? 'a bridge of its own' : `network ${existing.network.bridge}`;
  return `a project of its own in the Incus that runs here (${existing.version}), storage pool ${existing.storagePool}, ${network}`;
}
