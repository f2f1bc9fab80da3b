import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { MARKS } from '../src/model/marks.js';
import { fitIncus } from './scripted-incus.js';

/** A call as it came; `at` is by the clock that was given. */
export interface PretendedCall {
  readonly call: string;
  readonly at: number;
  /** What stands behind the path in its address. */
  readonly query: string;
  readonly body: Buffer;
}

/** How a call goes wrong: with this status, or as an operation that fails. */
export interface Failing {
  readonly error: string;
  readonly status?: number;
}

type Status = 'Ready' | 'Running' | 'Stopped';

interface Pretended {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly status: Status;
  readonly created_at: string;
}

/** How guests live: what each one is after its boot, and what it is next once a list has shown it; nothing when it goes. */
export interface Guests {
  readonly boots: Status;
  readonly next: (shown: Status, isActivated: boolean) => Status | undefined;
}

/** They are ready at once, and never more than that. */
export const READY: Guests = { boots: 'Ready', next: shown => shown };

/**
 * Just enough of an Incus for a daemon that makes agents: instances are there at once, and every call can be made to
 * fail. Of what guests do there is as much as lists show, and the events of that; no others come.
 */
export class PretendIncus implements AsyncDisposable {
  readonly calls: PretendedCall[] = [];
  readonly instances = new Map<string, Pretended>();
  readonly aliases = new Map<string, string>();
  /** Which calls fail, and how. */
  failing: (call: string) => Failing | undefined = () => undefined;
  guests = READY;
  /** Whether each instance gets the user ids that another one has. */
  givesAllTheSameIds = false;
  #lastIds = 1_065_536;
  readonly socketPath: string;
  readonly #directory: string;
  readonly #now: () => number;
  readonly #failed = new Map<string, string>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => this.#answer(request.method ?? '', request.url ?? '', Buffer.concat(chunks), response));
  });
  readonly #events = new WebSocketServer({ noServer: true });

  private constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
    this.socketPath = join(directory, 'incus.socket');
    this.#server.on('upgrade', (request, socket, head) => this.#events.handleUpgrade(request, socket, head, () => {}));
  }

  static async start(now: () => number): Promise<PretendIncus> {
    const incus = new PretendIncus(await mkdtemp(join(tmpdir(), 'pretend-incus-')), now);
    incus.#server.listen(incus.socketPath);
    await once(incus.#server, 'listening');
    return incus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#events.clients) client.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await rm(this.#directory, { recursive: true });
  }

  #answer(method: string, url: string, body: Buffer, response: ServerResponse): void {
    const { pathname, search: query } = new URL(url, 'http://incus');
    const call = `${method} ${pathname}`;
    this.calls.push({ call, at: this.#now(), query, body });
    const failing = this.failing(call);
    if (failing !== undefined && failing.status !== undefined) fail(response, failing.status, failing.error);
    else if (pathname.endsWith('/wait')) this.#end(pathname, response);
    else if (isOperation(call) && this.#isThere(call)) this.#begin(call, body, failing?.error, response);
    else this.#tell(call, body, response);
  }

  #isThere(call: string): boolean {
    return call.startsWith('POST ') || this.instances.has(call.split('/')[3] ?? '');
  }

  /** What only starts an operation; what it does is done at once. */
  #begin(call: string, body: Buffer, error: string | undefined, response: ServerResponse): void {
    const id = randomUUID();
    if (error !== undefined) this.#failed.set(id, error);
    else this.#do(call, body);
    const operation = `/1.0/operations/${id}`;
    response.writeHead(202, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'async', status_code: 100, operation, metadata: { id, status_code: 103 } }));
  }

  #do(call: string, body: Buffer): void {
    const name = call.split('/')[3] ?? '';
    if (call.startsWith('DELETE ')) this.instances.delete(name);
    if (call !== 'POST /1.0/instances') return;
    const { config, name: made } = JSON.parse(body.toString()) as Pretended;
    this.put(made, config, this.guests.boots);
  }

  #end(pathname: string, response: ServerResponse): void {
    const id = pathname.split('/')[3] ?? '';
    const err = this.#failed.get(id);
    const metadata = { id, status_code: err === undefined ? 200 : 400, err: err ?? '', metadata: { return: 0 } };
    succeed(response, metadata);
  }

  /** Sets up an instance that is there. */
  put(name: string, config: Pretended['config'], status: Pretended['status']): void {
    const ids = { 'volatile.idmap.base': String(this.#lastIds) };
    if (!this.givesAllTheSameIds) this.#lastIds += 65_536;
    const set = Object.fromEntries(Object.entries({ ...ids, ...config }).filter(([, value]) => value !== ''));
    this.instances.set(name, { name, config: set, status, created_at: new Date(this.#now()).toISOString() });
  }

  #tell(call: string, body: Buffer, response: ServerResponse): void {
    const told = call.split('/')[2] === 'instances' ? this.#tellOfInstance(call, body) : this.#tellOther(call);
    if (told === undefined) fail(response, 404, 'not found');
    else succeed(response, told);
  }

  #tellOther(call: string): object | undefined {
    if (call.split('/')[2] !== 'images') return knownTo(fitIncus(call));
    const target = this.aliases.get(call.split('/').at(-1) ?? '');
    return target === undefined ? undefined : { target, type: 'container' };
  }

  #tellOfInstance(call: string, body: Buffer): object | undefined {
    const [, , , name, part] = call.split('/');
    if (name === undefined) return this.#list();
    const instance = this.instances.get(name);
    if (instance === undefined) return undefined;
    if (call.startsWith('PATCH ')) {
      const { config } = JSON.parse(body.toString()) as Pretended;
      this.put(name, { ...instance.config, ...config }, instance.status);
    }
    // Whoever is told to be an agent is not ready any more.
    if (part === 'files') this.instances.set(name, { ...instance, status: 'Running' });
    return whole(instance);
  }

  #list(): object[] {
    const all = [...this.instances.values()];
    for (const instance of all) {
      if (instance.status === 'Stopped') continue;
      const next = this.guests.next(instance.status, instance.config[MARKS.activated] !== undefined);
      if (next === instance.status) continue;
      if (next === undefined) this.instances.delete(instance.name);
      else this.instances.set(instance.name, { ...instance, status: next });
      if (next !== 'Running') this.#ring(next === 'Ready' ? 'instance-ready' : 'instance-deleted', instance.name);
    }
    return all.map(whole);
  }

  #ring(action: string, name: string): void {
    const timestamp = new Date(this.#now()).toISOString();
    const metadata = { action, name, source: `/1.0/instances/${name}` };
    const event = JSON.stringify({ type: 'lifecycle', timestamp, location: 'none', metadata });
    for (const client of this.#events.clients) client.send(event);
  }
}

function knownTo(answer: number | object): object | undefined {
  return typeof answer === 'number' ? undefined : answer;
}

function isOperation(call: string): boolean {
  return call === 'POST /1.0/instances' || call.endsWith('/exec') || /^(?:DELETE|PUT) /.test(call);
}

function whole(instance: Pretended): object {
  return {
    ...instance,
    type: 'container',
    devices: {},
    expanded_config: instance.config,
    expanded_devices: {},
    profiles: [],
  };
}

function succeed(response: ServerResponse, metadata: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'sync', status: 'Success', status_code: 200, metadata }));
}

function fail(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error, error_code: status, metadata: null }));
}
