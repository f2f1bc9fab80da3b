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
  if (existing === undefined) return 'a private Incus, for this run alone';
  if (existing.storagePool === undefined) {
    return `a private Incus: the one that runs here (${existing.version}) has no storage pool yet`;
  }
  const network = existing.network === undefined ? 'a bridge of its own' : `network ${existing.network.bridge}`;
  return `a project of its own in the Incus that runs here (${existing.version}), storage pool ${existing.storagePool}, ${network}`;
}
