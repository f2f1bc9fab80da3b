/** Connects from this host to the servers that guests are to reach, so that its own troubles are not taken for theirs. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { nameOf, type ReachedServers } from './check-guest-server.js';
import type { GuestServer } from './facts.js';

const DEADLINE_MS = 6_000;

/** Tries each server once, as a guest does: with no proxy. @throws the reason of an abort. */
export async function reachedServers(
  servers: readonly Pick<GuestServer, 'host' | 'port'>[],
  signal: AbortSignal,
): Promise<ReachedServers> {
  const reached = await Promise.all(
    servers.map(async server => [nameOf(server), await connects(server, signal)] as const),
  );
  signal.throwIfAborted();
  return new Map(reached);
}

/** Whether a server takes a connection of this host. */
export async function connects(
  { host, port }: Pick<GuestServer, 'host' | 'port'>,
  signal: AbortSignal,
): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
