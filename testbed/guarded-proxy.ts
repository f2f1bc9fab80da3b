/** A proxy that lets in who signs in, and alone knows where some names lead. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface GuardedProxyOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  readonly user: string;
  readonly password: string;
  /** `host:port` as clients call it, and where that leads; nothing else is reached. */
  readonly routes: ReadonlyMap<string, URL>;
}

/** One that was asked for something. */
interface Passage {
  /** `host:port`. */
  readonly target: string;
  readonly by: 'tunnel' | 'url';
  readonly status: number;
}

export interface GuardedProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** All that was asked for, the oldest first. */
  readonly passages: readonly Passage[];
  /** From now on this one lets in as well. */
  alsoTake(password: string): void;
  /** From now on only this one lets in; what is open is cut. */
  changePassword(password: string): void;
}

/** Starts one. */
export async function startGuardedProxy(options: GuardedProxyOptions): Promise<GuardedProxy> {
  const { host = '127.0.0.1', routes, user } = options;
  const passwords = new Set([options.password]);
  const passages: Passage[] = [];
  const open = new Set<Duplex>();
  const admit = (message: IncomingMessage, target: string, by: Passage['by']): URL | number => {
    const [scheme, shown = ''] = (message.headers['proxy-authorization'] ?? '').split(' ');
    const [name, ...password] = Buffer.from(shown, 'base64').toString().split(':');
    const isKnown = scheme === 'Basic' && name === user && passwords.has(password.join(':'));
    const verdict = isKnown ? (routes.get(target) ?? 403) : 407;
    passages.push({ target, by, status: typeof verdict === 'number' ? verdict : 200 });
    return verdict;
  };

  const pass = (message: IncomingMessage, response: ServerResponse) => {
    const url = URL.canParse(message.url ?? '') ? new URL(message.url ?? '') : undefined;
    if (url === undefined) return void response.writeHead(400).end();
    const route = admit(message, `${url.hostname}:${url.port || '80'}`, 'url');
    if (typeof route === 'number')
      return void response.writeHead(route, { 'proxy-authenticate': 'Basic realm="test"' }).end();
    const { 'proxy-authorization': _, ...headers } = message.headers;
    const { method = 'GET' } = message;
    const address = { host: route.hostname, port: route.port, path: `${url.pathname}${url.search}` };
    const sent = request({ ...address, method, headers, agent: false }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    message.pipe(sent);
  };

  const tunnel = (message: IncomingMessage, socket: Duplex) => {
    const route = admit(message, message.url ?? '', 'tunnel');
    socket.on('error', () => {});
    if (typeof route === 'number')
      return void socket.end(
        `HTTP/1.1 ${route} No\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n`,
      );
    const far: Socket = connect(Number(route.port), route.hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(far).pipe(socket);
    });
    open.add(socket).add(far);
    far.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => far.destroy());
  };

  const server = createServer(pass).on('connect', tunnel).listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const socket of open) socket.destroy();
    open.clear();
    server.closeAllConnections();
  };
  return {
    url: `http://${host}:${port}`,
    port,
    passages,
    alsoTake: password => void passwords.add(password),
    changePassword(password) {
      passwords.clear();
      passwords.add(password);
      cut();
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
