/** What a server says about the pace it wants, in any answer. */

/** Headers as undici gives them: names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The `X-RateLimit-*` headers of one answer; the server leaves all of them out while it is content. */
export interface RateLimit {
  /** What is running out, such as `Services/Concurrency/...`. */
  readonly resource?: string | undefined;
  /** How long the server held this very call back. */
  readonly delayMs?: number | undefined;
  /** Units granted per window (five minutes). */
  readonly limit?: number | undefined;
  /** Units left in the window. */
  readonly remaining?: number | undefined;
  /** When the window is fresh again. */
  readonly resetAt?: number | undefined;
}

const longestHoldMs = 3_600_000;
const longestStretchMs = 10_000;
const scarcityPauseMs = 1_000;
const scarcity = 0.2;

/** Reads one header that may be repeated or absent. */
export function headerValue(headers: AnswerHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Reads the `X-RateLimit-*` headers; `undefined` when there are none. */
export function parseRateLimit(headers: AnswerHeaders): RateLimit | undefined {
  const resource = headerValue(headers, 'x-ratelimit-resource');
  const delay = numberOf(headers, 'x-ratelimit-delay');
  const limit = numberOf(headers, 'x-ratelimit-limit');
  const remaining = numberOf(headers, 'x-ratelimit-remaining');
  const reset = numberOf(headers, 'x-ratelimit-reset');
  if ([resource, delay, limit, remaining, reset].every(value => value === undefined)) return undefined;
  return {
    resource,
    delayMs: delay === undefined ? undefined : delay * 1000,
    limit,
    remaining,
    resetAt: reset === undefined ? undefined : reset * 1000,
  };
}

/**
 * Reads `Retry-After`, in seconds or as an HTTP date, as a wait in milliseconds. A date is compared with the server's own
 * `Date` header where there is one, because the two clocks may differ. At most one hour, so that nonsense heals.
 */
export function parseRetryAfterMs(headers: AnswerHeaders, now: number): number | undefined {
  const text = headerValue(headers, 'retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - serverNow(headers, now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestHoldMs);
}

/**
 * Computes how long to stay silent after an answer that carried a rate limit but no `Retry-After`: as long as the server
 * held the call back, one second when less than a fifth is left, and until the reset when nothing is; never over ten
 * seconds, so that a call of the default deadline still gets through.
 */
export function stretchMs(rateLimit: RateLimit | undefined, now: number): number {
  if (rateLimit === undefined) return 0;
  const { delayMs = 0, limit = 0, remaining, resetAt = now + scarcityPauseMs } = rateLimit;
  const scarce = remaining !== undefined && (remaining <= 0 || remaining < limit * scarcity);
  const pauseMs = scarce ? (remaining <= 0 ? Math.max(resetAt - now, scarcityPauseMs) : scarcityPauseMs) : 0;
  return Math.min(Math.max(delayMs, pauseMs), longestStretchMs);
}

function numberOf(headers: AnswerHeaders, name: string): number | undefined {
  const text = headerValue(headers, name)?.trim();
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function parseHttpDate(text: string): number {
  // Date.parse alone takes "-3" for a day.
  return text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
}

function serverNow(headers: AnswerHeaders, now: number): number {
  const date = parseHttpDate(headerValue(headers, 'date') ?? '');
  return Number.isNaN(date) ? now : date;
}
