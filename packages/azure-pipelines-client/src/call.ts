/** One request as data: where it goes, what it carries, and how a person would say it. */

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Everything included: waiting for the gate, the token, the request, its answer. Default 30 000. */
  readonly deadlineMs?: number | undefined;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below `_apis/` with `{name}` for each of `params`. */
  readonly path: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  /** Sent in `Accept`. Left out where Microsoft's own scripts and KEDA leave it out. */
  readonly apiVersion?: string;
  /** What is tried, for messages, such as `list the agents of pool 12`. */
  readonly attempt: string;
  /** What a refusal without a kind of its own most likely means; default `invalid`. */
  readonly refusal?: 'busy';
  /** Whether a token for agents may not be enough: who is not let in here is told nothing of the token itself. */
  readonly mayAskTooMuch?: boolean;
  /** Whether success may come without a body. */
  readonly mayBeEmpty?: boolean;
}

/** Builds the URL of a call; every parameter and query value is encoded, absent query values are left out. */
export function urlOf(base: string, call: Call): string {
  const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.params?.[name] ?? ''));
  const query = Object.entries(call.query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${base}/_apis/${path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** Names the route of a call without its parameters, fit for a metric: `GET pools/{pool}/agents`. */
export function routeOf(call: Call): string {
  return `${call.method} ${call.path.replace(/^distributedtask\//, '')}`;
}
