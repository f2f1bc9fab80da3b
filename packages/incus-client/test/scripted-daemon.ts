import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import { connectIncus, type IncusClient, type IncusOptions } from '../src/index.js';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** An answer: `json` with its status, `hang` for none at all, `cut` for a connection that breaks. */
export type Reply = { readonly status?: number; readonly json: unknown } | 'hang' | 'cut';

export interface ScriptedDaemon extends AsyncDisposable {
  readonly client: IncusClient;
  readonly requests: readonly SeenRequest[];
  /** How many connections are open. */
  connections(): Promise<number>;
}

/** Listens on a unix socket and answers as told; websockets are handed to `onWebSocket`, or refused without it. */
export async function startScriptedDaemon(
  answer: (request: SeenRequest) => Reply,
  onWebSocket?: (socket: WebSocket, url: string) => void,
  options: IncusOptions = {},
): Promise<ScriptedDaemon> {
  const folder = await mkdtemp(join(tmpdir(), 'incus-client-'));
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      body => {
        const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
        requests.push(seen);
        const reply = answer(seen);
        if (reply === 'hang') return;
        if (reply === 'cut') {
          request.socket.destroy();
          return;
        }
        response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', etag: '"e"' });
        response.end(typeof reply.json === 'string' ? reply.json : JSON.stringify(reply.json));
      },
      () => undefined,
    );
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (!onWebSocket) {
      const refused = JSON.stringify({ type: 'error', error: 'not authorized', error_code: 403 });
      socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${refused.length}\r\nConnection: close\r\n\r\n${refused}`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, opened => onWebSocket(opened, request.url ?? ''));
  });
  const socketPath = join(folder, 'unix.socket');
  await new Promise<void>(resolve => {
    server.listen(socketPath, resolve);
  });
  const client = connectIncus({ ...options, connection: { kind: 'unix', socketPath } });
  return {
    client,
    requests,
    connections: promisify(server.getConnections.bind(server)),
    async [Symbol.asyncDispose]() {
      await client.close();
      for (const socket of webSockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise(resolve => {
        server.close(resolve);
      });
      await rm(folder, { recursive: true });
    },
  };
}

/** The daemon's envelopes. */
export function sync(metadata: unknown): Reply {
  return { json: { type: 'sync', status: 'Success', status_code: 200, metadata } };
}

export function started(id: string, suffix = ''): Reply {
  return { status: 202, json: { type: 'async', operation: `/1.0/operations/${id}${suffix}`, metadata: { id } } };
}

export function refused(code: number, error: string, status = code): Reply {
  return { status, json: { type: 'error', error, error_code: code, metadata: null } };
}
