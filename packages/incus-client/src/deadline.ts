import { IncusError } from './errors.js';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long the whole call may take; every call has a default. */
  readonly deadlineMs?: number | undefined;
}

/** Default deadlines. A list in a cluster that has just lost a member takes up to ten seconds, hence 15. */
export const deadlines = {
  readMs: 15_000,
  writeMs: 30_000,
  operationMs: 60_000,
  transferMs: 120_000,
  imageMs: 900_000,
  execMs: 600_000,
} as const;

const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs a call under the caller's signal and a deadline, both of which abort the signal that the call is given.
 *
 * @throws the signal's own reason when the caller aborted, {@link IncusError} `timeout` when time ran out.
 */
export async function withDeadline<T>(
  tried: string,
  options: CallOptions | undefined,
  defaultMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const outer = options?.signal;
  outer?.throwIfAborted();
  const deadlineMs = options?.deadlineMs ?? defaultMs;
  const controller = new AbortController();
  const onAbort = () => controller.abort(outer?.reason);
  const timer = setTimeout(
    () => controller.abort(new IncusError('timeout', `${tried}: no answer within ${deadlineMs} ms`)),
    Math.min(deadlineMs, longestTimerMs),
  );
  outer?.addEventListener('abort', onAbort, { once: true });
  try {
    return await run(controller.signal);
  } catch (error) {
    // Whatever broke after the abort broke because of it.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onAbort);
  }
}
