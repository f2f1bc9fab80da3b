/** A connection to one collection of the service: routes as the server publishes them, and the caller's access. */

import type { Access } from './access.js';
import { exchange } from './http-exchange.js';
import { objectFrom, objectIn, objectsIn, optionalTextIn, textIn } from './json.js';
import { type Location, locations } from './locations.js';
import { pause } from './pause.js';
import { bodyOf, ServiceError } from './service-error.js';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly location: Location;
  /** Fills the route's placeholders; those without a value are left out of the path. */
  readonly route: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: object | string;
  readonly deadlineMs?: number;
  /** How often a lost connection, a 429 or a 5xx is tried again. Default 0. */
  readonly retries?: number;
}

const apiVersion = '7.1-preview.1';
const defaultDeadlineMs = 100_000;
const firstRetryPauseMs = 1000;
const connectAttempts = 5;
const connectPauseMs = 100;
const retriedStatuses: readonly number[] = [429, 500, 502, 503, 504];

/**
 * Connects: asks the server where its resources are, up to five times within half a second when it is not well. Throws a
 * ServiceError when it refuses, a socket's error when it cannot be reached.
 */
export async function connect(serverUrl: string, access: Access, signal: AbortSignal): Promise<Connection> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectOnce(serverUrl, access, signal);
    } catch (error) {
      if (signal.aborted || !mayPass(error) || attempt === connectAttempts) throw error;
      await pause(connectPauseMs, signal);
    }
  }
}

async function connectOnce(serverUrl: string, access: Access, signal: AbortSignal): Promise<Connection> {
  const base = serverUrl.replace(/\/+$/, '');
  const url = new URL(`${base}/_apis/connectionData?connectOptions=1&lastChangeId=-1&lastChangeId64=-1`);
  const what = `GET ${base}/_apis/connectionData`;
  const body = await send(url, what, access, { method: 'GET' }, signal);
  const locationData = objectIn(objectFrom(body, what), 'locationServiceData');
  const templates = new Map<string, string>();
  for (const definition of objectsIn(locationData, 'serviceDefinitions')) {
    const template = textIn(definition, 'relativePath', what)
      .replaceAll('{area}', optionalTextIn(definition, 'serviceType') ?? '')
      .replaceAll('{resource}', optionalTextIn(definition, 'displayName') ?? '');
    templates.set(textIn(definition, 'identifier', what).toLowerCase(), template);
  }
  const isHosted = optionalTextIn(objectFrom(body, what), 'deploymentType') === 'hosted';
  return new Connection(base, access, templates, isHosted);
}

export class Connection {
  /** Whether the server is Microsoft's own service, whose URLs are taken as they are. */
  readonly isHosted: boolean;
  readonly #base: string;
  readonly #access: Access;
  readonly #templates: ReadonlyMap<string, string>;

  constructor(base: string, access: Access, templates: ReadonlyMap<string, string>, isHosted: boolean) {
    this.isHosted = isHosted;
    this.#base = base;
    this.#access = access;
    this.#templates = templates;
  }

  /** Sends a call and returns the parsed answer, undefined when it is empty. Throws ServiceError or a socket's error. */
  async call(call: Call, signal: AbortSignal): Promise<unknown> {
    const url = this.#urlOf(call);
    const what = `${call.method} ${url.origin}${url.pathname}`;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await send(url, what, this.#access, call, signal);
      } catch (error) {
        if (signal.aborted || !mayPass(error) || attempt >= (call.retries ?? 0)) throw error;
        const asked = error instanceof ServiceError ? error.retryAfterMs : undefined;
        await pause(asked ?? firstRetryPauseMs * 2 ** attempt, signal);
      }
    }
  }

  #urlOf(call: Call): URL {
    const template = this.#templates.get(locations[call.location]);
    if (template === undefined)
      throw new Error(`${call.method} ${call.location}: the server publishes no such resource`);
    const path = template.replaceAll(/\/?\{(\w+)\}/g, (placeholder, name: string) => {
      const value = call.route[name];
      if (value === undefined) return '';
      return `${placeholder.startsWith('/') ? '/' : ''}${encodeURIComponent(value)}`;
    });
    const url = new URL(`${this.#base}/${path.replace(/^\/+/, '')}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    return url;
  }
}

/** Whether the same call may go better next time. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ServiceError) || retriedStatuses.includes(error.status);
}

type SentCall = Pick<Call, 'method' | 'body' | 'deadlineMs'>;

async function send(url: URL, what: string, access: Access, call: SentCall, signal: AbortSignal): Promise<unknown> {
  const answer = await sendOnce(url, access, call, signal);
  const challenge = answer.headers['www-authenticate'] ?? '';
  const isChallenged = answer.status === 401 && challenge.includes('Bearer');
  if (isChallenged && (await access.renew(signal))) return bodyOf(await sendOnce(url, access, call, signal), what);
  return bodyOf(answer, what);
}

async function sendOnce(url: URL, access: Access, call: SentCall, signal: AbortSignal) {
  const authorization = access.authorization();
  const isText = typeof call.body === 'string';
  return await exchange(url, {
    method: call.method,
    headers: {
      accept: `application/json;api-version=${apiVersion}`,
      'user-agent': 'VSServices/stand-in agent',
      'x-tfs-fedauthredirect': 'Suppress',
      ...(authorization === undefined ? {} : { authorization }),
      ...(call.body === undefined ? {} : { 'content-type': isText ? 'application/octet-stream' : 'application/json' }),
    },
    body: call.body === undefined || typeof call.body === 'string' ? call.body : JSON.stringify(call.body),
    deadlineMs: call.deadlineMs ?? defaultDeadlineMs,
    signal,
  });
}
