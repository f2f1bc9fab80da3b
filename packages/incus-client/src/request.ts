import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Readable } from 'node:stream';
import type { Agent, Dispatcher, FormData } from 'undici';
import { type Connection, describeConnection, httpOrigin, makeAgent } from './connection.js';
import { IncusError, refusal } from './errors.js';
import { type Envelope, parseEnvelope } from './wire/envelope.js';

/** One HTTP exchange, for metrics; a websocket is one up to its opening. */
export interface CallReport {
  readonly method: string;
  /** A template without names: `/1.0/instances/{name}`. */
  readonly route: string;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly ms: number;
}

export interface Exchange {
  /** What is tried, for messages: `create instance "x"`. */
  readonly tried: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A template; `{name}` is taken from `names`. */
  readonly route: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array | Readable | FormData;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Answer<T> {
  readonly envelope: Exclude<Envelope<T>, { type: 'error' }>;
  readonly etag: string;
}

/** Every HTTP exchange with one daemon goes through here: connection pool, errors, reports. */
export class Transport implements AsyncDisposable {
  readonly connection: Connection;
  readonly #userAgent: string;
  readonly #onCall: ((call: CallReport) => void) | undefined;
  readonly #closing = new AbortController();
  #agent: Agent | undefined;

  constructor(connection: Connection, userAgent: string, onCall?: (call: CallReport) => void) {
    this.connection = connection;
    this.#userAgent = userAgent;
    this.#onCall = onCall;
    // A call under way waits on it, and Node takes more than ten for a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborts when the client is closed. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Sends and reads a sync or async envelope. @throws IncusError for an error envelope or no answer. */
  async call<T>(exchange: Exchange, signal: AbortSignal): Promise<Answer<T>> {
    return await this.send(exchange, signal, async ({ body, headers, statusCode }) => {
      const envelope = parseEnvelope<T>(await body.text());
      if (envelope === undefined) throw refusal(exchange.tried, 'the answer is not one of Incus', statusCode);
      if (envelope.type === 'error') throw refusal(exchange.tried, envelope.error, envelope.error_code);
      return { envelope, etag: String(headers.etag ?? '') };
    });
  }

  /** Sends, refuses any status of 400 and above, and reads the body in whichever way `read` says. */
  async send<T>(
    exchange: Exchange,
    signal: AbortSignal,
    read: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const started = performance.now();
    let status = 0;
    try {
      const response = await this.#dispatch(exchange, signal);
      status = response.statusCode;
      if (status >= 400) {
        const envelope = parseEnvelope(await response.body.text());
        throw refusal(exchange.tried, envelope?.type === 'error' ? envelope.error : '', status);
      }
      return await read(response);
    } catch (error) {
      if (signal.aborted || error instanceof IncusError) throw error;
      if (this.closed.aborted) throw closedError(exchange.tried, error);
      throw unreachable(exchange.tried, this.connection, error);
    } finally {
      this.report({ method: exchange.method, route: exchange.route, status, ms: performance.now() - started });
    }
  }

  /** Tells of an exchange that has ended. */
  report(call: CallReport): void {
    this.#onCall?.(call);
  }

  /** Breaks every exchange under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#agent?.destroy();
  }

  async #dispatch(exchange: Exchange, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    if (this.closed.aborted) throw closedError(exchange.tried);
    this.#agent ??= makeAgent(this.connection);
    const json = exchange.json === undefined ? undefined : JSON.stringify(exchange.json);
    return await this.#agent.request({
      origin: httpOrigin(this.connection),
      method: exchange.method,
      path: pathOf(exchange.route, exchange.names, exchange.query),
      headers: {
        'user-agent': this.#userAgent,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...exchange.headers,
      },
      body: json ?? exchange.body ?? null,
      signal,
    });
  }
}

/** Fills names into a route template, each escaped, and appends the query without what is undefined. */
export function pathOf(route: string, names: Readonly<Record<string, string>> = {}, query: Query = {}): string {
  const path = route.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(names[key] ?? ''));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** Makes the error for a connection that could not be made or that broke. */
export function unreachable(tried: string, connection: Connection, cause: unknown): IncusError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const at = describeConnection(connection);
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = 'run as root or as a member of the group incus-admin';
    return new IncusError('forbidden', `${tried}: no permission to use ${at}; ${hint}`, { cause });
  }
  return new IncusError('unreachable', `${tried}: cannot reach Incus at ${at} (${why}); does the daemon run?`, {
    cause,
  });
}

function closedError(tried: string, cause?: unknown): IncusError {
  return new IncusError('unreachable', `${tried}: the client is closed`, { cause });
}
