/** Stands between the daemon and Incus, so that a test may count what is asked and choose what is heard. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';

/** One call as the daemon made it. */
export interface ProxiedCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The body where it is JSON, else empty. */
  readonly body: string;
  /** What was pushed where the call pushes a file, else empty. */
  readonly pushed: Buffer;
}

/** What a lifecycle event tells. */
export interface ProxiedEvent {
  readonly action: string;
  readonly name: string;
}

/** Which lifecycle events get through: some of them, or not even a connection that could bring any. */
export type EventRule = ((event: ProxiedEvent) => boolean) | 'refuse';

/** Which calls fail: they are answered with an error and not passed on. */
export type CallRule = (call: Pick<ProxiedCall, 'method' | 'path'>) => boolean;

const FAILURE = JSON.stringify({ type: 'error', error: 'failed by the test', error_code: 500, metadata: null });

/** Starts a proxy for the Incus behind `socketPath` that listens on `listenPath`; all events pass at first. */
export async function startIncusProxy(socketPath: string, listenPath: string): Promise<IncusProxy> {
  const proxy = new IncusProxy(socketPath, listenPath);
  await proxy.listen();
  return proxy;
}

export class IncusProxy implements AsyncDisposable {
  /** Everything that was asked, streams of events and of executed commands included. */
  readonly calls: ProxiedCall[] = [];
  /** Events that the rule kept back. */
  readonly heldBack: ProxiedEvent[] = [];
  readonly listenPath: string;
  readonly #socketPath: string;
  readonly #server: Server;
  readonly #streams = new WebSocketServer({ noServer: true });
  readonly #connections = new Set<Duplex>();
  #rule: EventRule = () => true;
  #fails: CallRule = () => false;

  constructor(socketPath: string, listenPath: string) {
    this.#socketPath = socketPath;
    this.listenPath = listenPath;
    this.#server = createServer((asked, answer) => this.#forward(asked, answer));
    this.#server.on('connection', socket => this.#keep(socket));
    this.#server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head));
  }

  async listen(): Promise<void> {
    this.#server.listen(this.listenPath);
    await once(this.#server, 'listening');
  }

  /** Changes what gets through from now on; open event streams are cut where none may be. */
  hear(rule: EventRule): void {
    this.#rule = rule;
    if (rule === 'refuse') for (const client of this.#streams.clients) client.terminate();
  }

  /** Changes which calls fail from now on. */
  fail(rule: CallRule): void {
    this.#fails = rule;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url, headers } = asked;
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    const isPush = method === 'POST' && headers['x-incus-type'] === 'file';
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => (isJson || isPush) && chunks.push(chunk));
    asked.on('end', () => {
      const sent = Buffer.concat(chunks);
      this.#note(asked, isJson ? sent.toString() : '', isPush ? sent : undefined);
    });
    const path = new URL(url ?? '', 'http://incus').pathname;
    if (this.#fails({ method: method ?? '', path })) {
      asked.resume().once('end', () => answer.writeHead(500, { 'content-type': 'application/json' }).end(FAILURE));
      return;
    }
    const options = { socketPath: this.#socketPath, method, path: url, headers, agent: false };
    const passed = request(options, answered => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#note(asked, '');
    if (!asked.url?.startsWith('/1.0/events')) this.#tunnel(asked, socket, head);
    else if (this.#rule === 'refuse') socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    else this.#subscribe(asked, socket, head);
  }

  /** Passes the bytes of a stream, such as the output of an executed command, both ways. */
  #tunnel(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const onward = this.#keep(createConnection(this.#socketPath));
    const fields = asked.rawHeaders.flatMap((name, at, all) => (at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : []));
    onward.write([`${asked.method} ${asked.url} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
    onward.write(head);
    onward.pipe(socket).pipe(onward);
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  }

  /** The daemon's own stream is opened first: what it hears of then is never older than its subscription. */
  #subscribe(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const createStream = () => this.#keep(createConnection(this.#socketPath));
    const source = new WebSocket(`ws://incus${asked.url}`, {
      createConnection: createStream,
      perMessageDeflate: false,
    });
    source.on('error', () => socket.destroy());
    source.once('open', () => this.#streams.handleUpgrade(asked, socket, head, client => this.#relay(source, client)));
  }

  #relay(source: WebSocket, client: WebSocket): void {
    source.on('close', () => client.terminate());
    source.on('ping', () => client.ping());
    client.on('error', () => source.terminate());
    client.on('close', () => source.terminate());
    source.on('message', (content: Buffer) => {
      const text = content.toString();
      const event = parseEvent(text);
      if (event === undefined || (this.#rule !== 'refuse' && this.#rule(event))) client.send(text);
      else this.heldBack.push(event);
    });
  }

  #note({ method = '', url = '' }: IncomingMessage, body: string, pushed = Buffer.alloc(0)): void {
    const { pathname, searchParams } = new URL(url, 'http://incus');
    this.calls.push({ method, path: pathname, query: searchParams, body, pushed });
  }

  #keep<T extends Socket>(connection: T): T {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    return connection;
  }
}

function parseEvent(text: string): ProxiedEvent | undefined {
  const { type, metadata } = JSON.parse(text) as { type: string; metadata: { action: string; name?: string } };
  return type === 'lifecycle' ? { action: metadata.action, name: metadata.name ?? '' } : undefined;
}
