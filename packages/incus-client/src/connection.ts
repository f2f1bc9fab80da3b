import { existsSync } from 'node:fs';
import { createConnection as connectTo, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Agent } from 'undici';

/** How the daemon is reached. Certificates and keys are PEM texts. */
export type Connection =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | {
      readonly kind: 'https';
      /** `https://host:8443`. */
      readonly url: string;
      readonly clientCert: string;
      readonly clientKey: string;
      /** The daemon's own certificate; given, it is the only one accepted, under whatever name it is reached. */
      readonly serverCert?: string;
    };

/**
 * Finds the socket of the local daemon as Incus's own client does: `INCUS_SOCKET`, then `INCUS_DIR/unix.socket`, then
 * `/run/incus` if it is there, else `/var/lib/incus`.
 */
export function findSocket(env: Readonly<Record<string, string | undefined>> = process.env): Connection {
  const named = env.INCUS_SOCKET;
  if (named) return { kind: 'unix', socketPath: named };
  const folder = env.INCUS_DIR;
  if (folder) return { kind: 'unix', socketPath: join(folder, 'unix.socket') };
  const runtime = '/run/incus/unix.socket';
  return { kind: 'unix', socketPath: existsSync(runtime) ? runtime : '/var/lib/incus/unix.socket' };
}

/** Says where a connection leads, for messages. */
export function describeConnection(connection: Connection): string {
  return connection.kind === 'unix' ? connection.socketPath : connection.url;
}

/** Makes the pool of HTTP connections. Bodies may be silent for as long as an operation takes; calls have deadlines. */
export function makeAgent(connection: Connection): Agent {
  const patience = { headersTimeout: 0, bodyTimeout: 0 };
  if (connection.kind === 'https') return new Agent({ ...patience, connect: tlsOptions(connection) });
  // On its socket the daemon reads the first byte of a connection before it accepts the next: one that is open and silent
  // locks every client out. After an aborted call undici opens just such a connection, so idle ones must not be kept.
  return new Agent({ ...patience, connect: { socketPath: connection.socketPath }, keepAliveTimeout: 1 });
}

/** The origin that HTTP requests name; over a unix socket the host is a word without meaning. */
export function httpOrigin(connection: Connection): string {
  return connection.kind === 'unix' ? 'http://incus' : new URL(connection.url).origin;
}

/** The address of a websocket to `path`, and the way to open its socket, on the same terms as HTTP. */
export function webSocketTarget(connection: Connection, path: string): { url: string; createConnection: () => Socket } {
  if (connection.kind === 'unix') {
    return { url: `ws://incus${path}`, createConnection: () => connectTo(connection.socketPath) };
  }
  const { hostname, port, host } = new URL(connection.url);
  const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) };
  return { url: `wss://${host}${path}`, createConnection: () => connectTls({ ...to, ...tlsOptions(connection) }) };
}

function tlsOptions(connection: Extract<Connection, { kind: 'https' }>) {
  const identity = { cert: connection.clientCert, key: connection.clientKey, minVersion: 'TLSv1.3' as const };
  if (connection.serverCert === undefined) return identity;
  // The daemon's self-signed certificate names the host and loopback only. Being the pinned one is identity enough.
  return { ...identity, ca: connection.serverCert, checkServerIdentity: () => undefined };
}
