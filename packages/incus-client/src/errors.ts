/**
 * What a caller can do about a failure, which Incus's status codes alone do not say: most failures are a plain 500, so
 * the text decides first and the code second.
 */
export type IncusErrorKind =
  /** The object, the image, the profile or the path is not there. */
  | 'not-found'
  /** Another operation holds the instance, or it still runs: again in a moment. */
  | 'busy'
  /** It is already in the state that was asked for. */
  | 'already-so'
  /** The name is taken, or the object's present state forbids the call. */
  | 'conflict'
  /** The object changed since the ETag was read: read it again. */
  | 'stale-etag'
  /** The request itself is wrong. */
  | 'invalid'
  /** Not trusted, not permitted in this project, or a limit of the project is reached. */
  | 'forbidden'
  /** The daemon answers but cannot act now: it starts, shuts down, or has lost a cluster member. */
  | 'unavailable'
  /** No answer, because there was no connection or it broke. A change may have been made nevertheless. */
  | 'unreachable'
  /** No answer within the deadline. A change may have been made nevertheless. */
  | 'timeout'
  /** Anything else that the daemon could not do. */
  | 'failed';

/** A call to Incus that failed. The message says what was tried, on what, and why it failed. */
export class IncusError extends Error {
  override readonly name = 'IncusError';
  readonly kind: IncusErrorKind;
  /** The HTTP status, or the one that an operation failed with; absent when there was no answer. */
  readonly status: number | undefined;
  /** The same call may succeed later, with nothing changed by the caller. */
  readonly retryable: boolean;

  constructor(
    kind: IncusErrorKind,
    message: string,
    details: { readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.status = details.status;
    this.retryable = retryableKinds.has(kind);
  }
}

const retryableKinds: ReadonlySet<IncusErrorKind> = new Set(['busy', 'unavailable', 'unreachable', 'timeout']);

/** Tells whether a caught value is an {@link IncusError}, of one kind if that is given. */
export function isIncusError(error: unknown, kind?: IncusErrorKind): error is IncusError {
  return error instanceof IncusError && (kind === undefined || error.kind === kind);
}

/** Awaits a call and takes `not-found` for `undefined`; for the deletion of what may be gone already. */
export async function ignoreNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isIncusError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Makes the error for a refusal of the daemon, in an error envelope or in a failed operation. */
export function refusal(tried: string, text: string, status?: number): IncusError {
  const kind = classifyRefusal(text, status);
  const why = text.trim() || `the daemon answered ${status ?? 'without a reason'}`;
  return new IncusError(kind, `${tried}: ${why}`, status === undefined ? {} : { status });
}

/**
 * Names the kind of a refusal. Texts are matched loosely, since they grow prefixes from release to release; they come
 * first because a missing profile, a busy instance and a taken name all arrive as 500.
 */
export function classifyRefusal(text: string, status?: number): IncusErrorKind {
  for (const [pattern, kind] of texts) if (pattern.test(text)) return kind;
  return status === undefined ? 'failed' : (codes[status] ?? 'failed');
}

const texts: readonly (readonly [RegExp, IncusErrorKind])[] = [
  [/instance is busy running/i, 'busy'],
  [/instance is running$/i, 'busy'],
  [/\balready (?:stopped|running|frozen)\b/i, 'already-so'],
  [/UNIQUE constraint failed|\balready in use\b|\balready exists\b/i, 'conflict'],
  [
    /instance is (?:not running|frozen|not frozen|stopped)|running instance not allowed|export a running instance/i,
    'conflict',
  ],
  [/only empty projects can be removed/i, 'conflict'],
  [
    /(?:^|: |is )shutting down$|isn't ready yet|missing event connection|couldn't find a cluster member/i,
    'unavailable',
  ],
  // Seen while an instance goes away under a file call: the pool is there, the volume is not yet or no more.
  [/instance storage pool not found/i, 'unavailable'],
  [/does not have permissions|not authorized|certificate is restricted|certificate add operation/i, 'forbidden'],
  [/instance creation allowed|reached maximum number/i, 'forbidden'],
  [/image not provided for instance creation|requested profile .* doesn't exist/i, 'not-found'],
  [
    /(?:^|: )(?:instance|image|profile|project|network|storage pool|operation)(?:[ _](?:snapshot|alias))? not found$/i,
    'not-found',
  ],
  [/unknown configuration key|invalid (?:value|devices?|config|option)|command not (?:found|executable)/i, 'invalid'],
];

const codes: Readonly<Record<number, IncusErrorKind>> = {
  400: 'invalid',
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'stale-etag',
  413: 'invalid',
  503: 'unavailable',
};
