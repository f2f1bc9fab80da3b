/** The one way to the server, on which everything is written down. */

import { type Auth, type AzurePipelinesClient, connectAzurePipelines } from 'azure-pipelines-client';
import { type Dispatcher, request } from 'undici';
import type { Identity } from '../lib/identity/identity.js';
import type { Secret } from '../lib/secret.js';
import { WayOut } from '../lib/way-out.js';
import type { Caller, RawExchange } from './exchange.js';

export interface WireOptions {
  /** The URL of the organisation or collection, in the client's one form. */
  readonly url: string;
  readonly identity: Identity;
  /** The way to the server; straight when left out. */
  readonly wayOut?: WayOut | undefined;
  /** Epoch ms. */
  readonly now: () => number;
}

/** A request that the program's own client would not send. */
export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Below the organisation, with its query; or a whole URL. */
  readonly path: string;
  /** The value of the header; none for nobody. */
  readonly authorization?: string;
  readonly as: Caller;
  /** Default 7.0; null asks for none. */
  readonly apiVersion?: string | null;
  /** Whether a plain refusal is wanted in place of a page to sign in; default true. */
  readonly isPlain?: boolean;
  readonly body?: object | string;
  readonly deadlineMs?: number;
  /** Without one it goes on to its end though the conversation is stopped: what it makes is then known. */
  readonly signal?: AbortSignal;
}

/** An agent that has a token of its own. */
export interface SignedIn {
  readonly token: Secret;
  /** Where it was told to find its server. */
  readonly serverUrl: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

const DEADLINE_MS = 30_000;
const USER_AGENT = 'incus-azure-pipelines';
const MOST_BYTES = 16 * 1024 * 1024;

export class Wire implements AsyncDisposable {
  readonly url: string;
  readonly exchanges: RawExchange[] = [];
  /** Every token of the organisation that was used; secret. */
  readonly tokens = new Set<string>();
  readonly #options: WireOptions;
  readonly #agent: Dispatcher;

  constructor(options: WireOptions) {
    this.#options = options;
    this.url = options.url;
    this.#agent = (options.wayOut ?? new WayOut()).open({ connections: 4 });
  }

  /** The program's own client, whose next call is written down under that name; of an agent, with its token and its server. */
  client(step: string, agent?: SignedIn): AzurePipelinesClient {
    return connectAzurePipelines({
      url: agent?.serverUrl ?? this.url,
      auth: agent === undefined ? this.#auth() : { kind: 'bearer', token: () => Promise.resolve(agent.token.reveal()) },
      userAgent: USER_AGENT,
      dispatcher: this.#tapped(step, agent === undefined ? 'organisation' : 'agent', () => {}),
    });
  }

  /** The program's own client, of which nothing is written down. */
  unrecorded(): AzurePipelinesClient {
    return connectAzurePipelines({
      url: this.url,
      auth: this.#auth(),
      userAgent: USER_AGENT,
      dispatcher: this.#agent,
    });
  }

  /** Sends a request as it is; whatever comes back is an answer. `onSent` hears when it is on its way. */
  async ask(step: string, ask: Ask, onSent: () => void = () => {}): Promise<RawAnswer> {
    const { apiVersion = '7.0', body, deadlineMs = DEADLINE_MS, isPlain = true, path } = ask;
    const deadline = AbortSignal.timeout(deadlineMs);
    const response = await request(/^https?:/.test(path) ? path : `${this.url}${path}`, {
      method: ask.method as Dispatcher.HttpMethod,
      headers: {
        accept: `application/json${apiVersion === null ? '' : `;api-version=${apiVersion}`}`,
        'user-agent': USER_AGENT,
        ...(ask.authorization === undefined ? {} : { authorization: ask.authorization }),
        ...(isPlain ? { 'x-tfs-fedauthredirect': 'Suppress' } : {}),
        ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? FORM : 'application/json' }),
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      dispatcher: this.#tapped(step, ask.as, onSent),
      signal: ask.signal === undefined ? deadline : AbortSignal.any([ask.signal, deadline]),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    return { status: response.statusCode, text: await response.body.text() };
  }

  /** What the organisation sends as its credential. */
  async organisation(): Promise<string> {
    const { identity } = this.#options;
    const token = this.#noted(await identity.token());
    return identity.kind === 'pat' ? basic(token) : `Bearer ${token}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  #auth(): Auth {
    const { identity } = this.#options;
    return {
      kind: identity.kind,
      token: async () => this.#noted(await identity.token()),
      another: async refused => {
        const other = await identity.another(refused);
        return other && this.#noted(other);
      },
    };
  }

  #noted(secret: Secret): string {
    const token = secret.reveal();
    this.tokens.add(token);
    return token;
  }

  #tapped(step: string, as: Caller, onSent: () => void): Dispatcher {
    return this.#agent.compose(dispatch => (options, handler) => {
      const askedAt = this.#options.now();
      const chunks: Buffer[] = [];
      let status = 0;
      let bytes = 0;
      let headers: RawExchange['headers'] = {};
      return dispatch(options, {
        onRequestStart: (controller, context) => {
          onSent();
          handler.onRequestStart?.(controller, context);
        },
        onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
        onResponseStart: (controller, code, heads, message) => {
          [status, headers] = [code, heads];
          handler.onResponseStart?.(controller, code, heads, message);
        },
        onResponseData: (controller, chunk) => {
          bytes += chunk.length;
          if (bytes <= MOST_BYTES) chunks.push(chunk);
          handler.onResponseData?.(controller, chunk);
        },
        onResponseEnd: (controller, trailers) => {
          const text = Buffer.concat(chunks)
            .toString('utf8')
            .replace(/^\uFEFF/, '');
          const ms = this.#options.now() - askedAt;
          this.exchanges.push({ step, as, ...sent(options), status, headers, text, askedAt, ms });
          handler.onResponseEnd?.(controller, trailers);
        },
        onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      });
    });
  }
}

const FORM = 'application/x-www-form-urlencoded';

/** A credential of that kind, as a header has it. */
export function basic(token: string): string {
  return `Basic ${Buffer.from(`:${token}`).toString('base64')}`;
}

function sent({ body, headers, method, origin, path }: Dispatcher.DispatchOptions) {
  const accept = headers !== null && typeof headers === 'object' && 'accept' in headers ? String(headers.accept) : '';
  return {
    method,
    url: `${String(origin)}${path}`,
    apiVersion: /api-version=([\w.-]+)/.exec(accept)?.[1],
    requestBody: typeof body === 'string' ? body : '',
  };
}
