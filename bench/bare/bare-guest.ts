import type { IncusClient } from 'incus-client';

/** What a bare guest is made of. */
export interface BareGuest {
  readonly incus: IncusClient;
  /** Name of the base, as the daemon has built it. */
  readonly base: string;
  readonly activation: Uint8Array;
}

/** Copies the base and starts the copy: the guest then prepares itself and rings. */
export async function createGuest({ incus, base }: BareGuest, name: string, signal: AbortSignal): Promise<void> {
  await incus.instances.create(
    {
      name,
      type: 'container',
      ephemeral: true,
      start: true,
      source: { type: 'copy', source: base, instance_only: true },
      // No daemon may take it for its own: a copy inherits the marks of its base.
      config: { 'user.iap.owner': 'bare', 'user.iap.base.state': '', 'boot.autostart': 'false' },
    },
    { signal },
  );
}

/** The one push that makes a prepared guest an agent. */
export async function activateGuest(guest: BareGuest, name: string, signal: AbortSignal): Promise<void> {
  const attributes = { uid: 0, gid: 0, mode: 0o600 };
  await guest.incus.files.push(name, '/run/iap/activation.tar', guest.activation, attributes, { signal });
}

/** Lets a finished guest power off at once; it goes by itself a little later when this comes too late. */
export async function releaseGuest({ incus }: BareGuest, name: string, signal: AbortSignal): Promise<void> {
  await incus.files.push(name, '/run/iap/collected', '', {}, { signal }).catch(() => undefined);
}
