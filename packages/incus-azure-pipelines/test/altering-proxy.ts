/** A server between a client and the emulator that changes answers on their way. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Passing {
  readonly method: string;
  readonly path: string;
  status: number;
  body: string;
}

/** Starts one in front of a URL; what `alter` does to an answer is what the client gets. */
export async function startAltering(target: string, alter: (answer: Passing) => void) {
  const { origin, pathname } = new URL(target);
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request;
    const { connection: _, host: __, 'transfer-encoding': ___, 'content-length': ____, ...headers } = request.headers;
    const sent = await text(request);
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: headers as Record<string, string>,
      ...(sent === '' ? {} : { body: sent }),
    });
    const passing: Passing = { method, path, status: answer.status, body: await answer.text() };
    alter(passing);
    for (const name of ['content-type', 'www-authenticate']) response.setHeader(name, answer.headers.get(name) ?? '');
    response.statusCode = passing.status;
    response.end(passing.body);
  };
  // One that is broken off on either side is broken off on the other.
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${pathname}`, [Symbol.asyncDispose]: close };
}
