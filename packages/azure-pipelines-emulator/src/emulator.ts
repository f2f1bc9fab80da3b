import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Driver } from './driver.js';
import { createEmulation } from './emulation.js';
import { collectionPath, type EmulatorOptions } from './options.js';

/** A running emulator. */
export interface Emulator extends Driver, AsyncDisposable {
  /** Where it listens, collection included, without a slash at the end. */
  readonly url: string;
  /** How agents reach it: `publicUrl` of the options, else the same as `url`. */
  readonly publicUrl: string;
  /** The personal access token of the organisation, the newest where it was replaced. */
  readonly token: string;
  readonly port: number;
  /** Ends open polls with an empty answer, drops all connections and stops listening; twice is harmless. */
  close(): Promise<void>;
}

/** Starts an emulator; whoever does so closes it. Rejects when it cannot listen at that address. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulation = createEmulation(options);
  const { world, app, driver } = emulation;
  const { tls, keepAliveMs: keepAliveTimeout = KEEP_ALIVE_MS } = options;
  const server = createAdaptorServer({
    fetch: (request, bindings) => app.fetch(request, bindings),
    overrideGlobalObjects: false,
    ...(tls === undefined
      ? { createServer, serverOptions: { keepAliveTimeout } }
      : { createServer: createSecureServer, serverOptions: { ...tls, keepAliveTimeout } }),
  });
  const host = options.host ?? '127.0.0.1';
  server.listen(options.port ?? 0, host);
  await once(server, 'listening').catch((cause: unknown) => {
    emulation[Symbol.dispose]();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`start the emulator on ${host}:${options.port ?? 0}: ${reason}; choose another port or address`, {
      cause,
    });
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const url = `${origin}/${collectionPath(world.settings.collection)}`;
  if (options.publicUrl === undefined) world.publicUrl = url;

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      emulation[Symbol.dispose]();
      const gone = new Promise<void>(resolve => {
        server.close(() => resolve());
      });
      if ('closeAllConnections' in server) server.closeAllConnections();
      await gone;
    })();
    return closed;
  };
  return {
    ...driver,
    url,
    publicUrl: world.publicUrl,
    get token() {
      return world.state.token;
    },
    port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Longer than clients keep a connection they do not use, so that none sends into one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;
