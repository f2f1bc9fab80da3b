/** The one error of this package; its kind says what a caller can do about it. */

export type AzurePipelinesErrorKind =
  /** The token is refused (401, 203, a redirect to the sign-in page, or that page itself): a person must act. */
  | 'credentials'
  /** The token is known but lacks the right (403): a person must act. */
  | 'forbidden'
  | 'not-found'
  /** The name is taken (409). */
  | 'conflict'
  /** The agent cannot be deleted now, most likely because it runs a job. */
  | 'busy'
  /** Too many calls (429), or a call that was not sent because the server asked for silence. */
  | 'throttled'
  /** The server failed (5xx). */
  | 'unavailable'
  /** There was no answer: network, name resolution, TLS. */
  | 'unreachable'
  /** There was no whole answer within the deadline of the call. */
  | 'timeout'
  /** The request is wrong (any other 4xx, or an impossible URL). */
  | 'invalid'
  /** The answer claims success but is not what the API documents. */
  | 'protocol';

export interface AzurePipelinesErrorFacts {
  readonly status?: number | undefined;
  readonly typeKey?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly activityId?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

const retryableKinds: ReadonlySet<AzurePipelinesErrorKind> = new Set([
  'busy',
  'throttled',
  'unavailable',
  'unreachable',
  'timeout',
  'protocol',
]);

export class AzurePipelinesError extends Error {
  override readonly name = 'AzurePipelinesError';
  readonly kind: AzurePipelinesErrorKind;
  /** HTTP status, absent when there was no answer. */
  readonly status: number | undefined;
  /** The server's own name for the error, such as `TaskAgentExistsException`. */
  readonly typeKey: string | undefined;
  /** True when the same call may succeed later without anybody acting. */
  readonly retryable: boolean;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | undefined;
  /** What Microsoft's support asks for. */
  readonly activityId: string | undefined;

  constructor(kind: AzurePipelinesErrorKind, message: string, facts: AzurePipelinesErrorFacts = {}) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.kind = kind;
    this.status = facts.status;
    this.typeKey = facts.typeKey;
    this.retryable = facts.retryable ?? retryableKinds.has(kind);
    this.retryAfterMs = facts.retryAfterMs;
    this.activityId = facts.activityId;
  }
}

/** Tells whether a thrown value is an error of this package, and of the given kind when one is given. */
export function isAzurePipelinesError(error: unknown, kind?: AzurePipelinesErrorKind): error is AzurePipelinesError {
  return error instanceof AzurePipelinesError && (kind === undefined || error.kind === kind);
}

/** Turns a `not-found` failure into `undefined`, for callers to whom gone is as good as done. */
export async function ignoreNotFound<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isAzurePipelinesError(error, 'not-found')) return undefined;
    throw error;
  }
}
