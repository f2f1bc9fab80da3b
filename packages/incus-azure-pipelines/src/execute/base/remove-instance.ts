import { type IncusClient, ignoreNotFound, isIncusError } from 'incus-client';

const DEADLINE_MS = 60_000;

/** Removes an instance whatever it does; not being there is fine. It is not bound to a signal, which may be why. */
export async function removeInstance(client: IncusClient, name: string): Promise<void> {
  const wait = { deadlineMs: DEADLINE_MS };
  try {
    await ignoreNotFound(client.instances.stop(name, { force: true }, wait));
  } catch (error) {
    if (!isIncusError(error, 'busy')) throw error;
  }
  await ignoreNotFound(client.instances.delete(name, wait));
}
