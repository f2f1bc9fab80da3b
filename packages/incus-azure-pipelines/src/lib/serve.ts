import { chmod, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { PassingError } from './passing-error.js';
import { UserError } from './user-error.js';

type Server = ReturnType<typeof createAdaptorServer>;
type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch'];

export interface Served extends AsyncDisposable {
  /** The port that was taken, or 0 on a Unix socket. */
  readonly port: number;
}

/** What another process or an interface that comes later may clear by itself. */
const PASSING_CODES = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);

/**
 * Serves on a TCP port; 0 takes a free one.
 *
 * @throws PassingError when the port is taken, or the address not there, now: a service is to be started again.
 * @throws UserError when it can never be used.
 */
export async function serveOnPort(fetch: Fetch, host: string, port: number): Promise<Served> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  await listen(server, { host, port }).catch(error => {
    if (PASSING_CODES.has(error.code))
      throw new PassingError(
        `cannot listen on ${host}:${port} now (${reasonOf(error)}); if it stays so, choose another under "http"`,
      );
    throw new UserError(`cannot listen on ${host}:${port} (${reasonOf(error)}); choose another under "http"`);
  });
  return served(server);
}

/**
 * Serves on a Unix socket of mode 0660. A socket file that a dead process has left is replaced; one that answers is not.
 *
 * @throws UserError when the path cannot be used.
 */
export async function serveOnSocket(fetch: Fetch, path: string): Promise<Served> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    if (await answers(path)) throw new Error('another process answers on it');
    await rm(path, { force: true });
    const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
    await listen(server, { path });
    await chmod(path, 0o660);
    return served(server);
  } catch (error) {
    throw new UserError(
      `cannot make the control socket ${path} (${reasonOf(error)}); set controlSocket to another path`,
    );
  }
}

function listen(server: Server, where: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => resolve());
  });
}

function served(server: Server): Served {
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
