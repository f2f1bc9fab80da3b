/** Faults to come: each strikes the next calls that fit it. */
import type { Caller } from './identity.js';
import { flagOf, type JsonObject, numberOf, textOf } from './wire/json.js';

const KINDS = [
  'unauthorized',
  'sign-in-page',
  'redirect',
  'throttled',
  'rate-limited',
  'server-error',
  'not-found',
  'garbage',
  'hang',
  'cut',
  'latency',
] as const;

const CALLERS = ['organisation', 'agent', 'any'] as const;

/** What is to go wrong, and for whom. */
export interface Fault {
  /** Default any. */
  readonly method?: string | undefined;
  /** Tested against the path, collection included; default any. */
  readonly path?: RegExp | undefined;
  /**
   * `hang` never answers, `cut` drops the connection, `latency` waits `delayMs` and then answers as usual,
   * `rate-limited` answers as usual with rate-limit headers, `garbage` with a 200 whose JSON is broken; the others answer as
   * their name says.
   */
  readonly kind: (typeof KINDS)[number];
  /** How many calls it strikes; default 1. */
  readonly times?: number | undefined;
  /** Default 5. */
  readonly retryAfterS?: number | undefined;
  /** Status of a `server-error`; default 500. */
  readonly status?: number | undefined;
  /** Length of a `latency`; default 1 s. */
  readonly delayMs?: number | undefined;
  /** `agent` includes its jobs; default `any`. */
  readonly caller?: (typeof CALLERS)[number] | undefined;
  /** The call takes effect and only its answer is lost; default false. */
  readonly applied?: boolean | undefined;
}

/** The faults that have not struck yet. */
export class Faults {
  #pending: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  /** Returns the first fault that fits a call, and counts it as struck. */
  take(method: string, path: string, caller: Caller['kind']): Fault | undefined {
    const hit = this.#pending.find(({ fault }) => fits(fault, method, path, caller));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.#pending = this.#pending.filter(entry => entry !== hit);
    return hit.fault;
  }
}

/** Reads a fault from JSON, `path` being the source of a regular expression; throws when it has no known kind. */
export function parseFault(body: JsonObject): Fault {
  const kind = KINDS.find(kind => kind === body.kind);
  if (kind === undefined) throw new Error(`add a fault: "kind" is none of ${KINDS.join(', ')}`);
  const [path, caller] = [textOf(body, 'path'), textOf(body, 'caller')];
  const optional = {
    method: textOf(body, 'method'),
    path: path === undefined ? undefined : new RegExp(path),
    times: numberOf(body, 'times'),
    retryAfterS: numberOf(body, 'retryAfterS'),
    status: numberOf(body, 'status'),
    delayMs: numberOf(body, 'delayMs'),
    caller: CALLERS.find(known => known === caller),
    applied: flagOf(body, 'applied'),
  };
  return { kind, ...optional };
}

function fits(fault: Fault, method: string, path: string, caller: Caller['kind']): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path !== undefined && path.search(fault.path) < 0) return false;
  switch (fault.caller ?? 'any') {
    case 'any':
      return true;
    case 'organisation':
      return caller === 'organisation';
    case 'agent':
      return caller === 'agent' || caller === 'job';
  }
}
