/** The lock that says to the service that this agent still works on a job request. */

import type { Connection } from './connection.js';
import { objectFrom, optionalTextIn } from './json.js';
import { pause } from './pause.js';
import { ServiceError } from './service-error.js';

export interface JobRequestLock {
  readonly connection: Connection;
  readonly poolId: number;
  readonly requestId: number;
}

const lockToken = '00000000-0000-0000-0000-000000000000';
const firstAttempts = 6;
const renewPauseMs = 60_000;
const errorPauseMs = [1000, 10_000] as const;
const graceMs = 5 * 60_000;
const goneTypeKeys: readonly string[] = ['TaskAgentJobNotFoundException', 'TaskAgentJobTokenExpiredException'];

/**
 * Renews the lock for the first time, which tells the service that the job has arrived. Returns when the lock ends (epoch
 * ms); undefined when the request is gone or six attempts failed: the job must not start then.
 */
export async function takeLock(lock: JobRequestLock, signal: AbortSignal): Promise<number | undefined> {
  for (let attempt = 1; attempt <= firstAttempts; attempt += 1) {
    try {
      return await renew(lock, signal);
    } catch (error) {
      if (signal.aborted || isGone(error) || attempt === firstAttempts) return undefined;
      await pause(errorPause(), signal).catch(() => {});
    }
  }
  return undefined;
}

/** Renews the lock every minute. Returns when the signal is aborted, or `lost` when the service took the request away. */
export async function keepLock(
  lock: JobRequestLock,
  lockedUntilAt: number,
  signal: AbortSignal,
): Promise<'ended' | 'lost'> {
  let untilAt = lockedUntilAt;
  let pauseMs = renewPauseMs;
  while (!signal.aborted) {
    try {
      await pause(pauseMs, signal);
      untilAt = await renew(lock, signal);
      pauseMs = renewPauseMs;
    } catch (error) {
      if (signal.aborted) return 'ended';
      if (isGone(error) || Date.now() > untilAt + graceMs) return 'lost';
      pauseMs = errorPause();
    }
  }
  return 'ended';
}

async function renew(lock: JobRequestLock, signal: AbortSignal): Promise<number> {
  const { poolId, requestId } = lock;
  const answer = await lock.connection.call(
    {
      method: 'PATCH',
      location: 'jobRequests',
      route: { poolId, requestId },
      query: { lockToken },
      body: { requestId },
      deadlineMs: 60_000,
    },
    signal,
  );
  const until = Date.parse(optionalTextIn(objectFrom(answer, 'the job request'), 'lockedUntil') ?? '');
  if (Number.isNaN(until)) throw new Error('renew the job request: the answer has no "lockedUntil"');
  return until;
}

function isGone(error: unknown): boolean {
  return error instanceof ServiceError && goneTypeKeys.includes(error.typeKey);
}

function errorPause(): number {
  return errorPauseMs[0] + Math.random() * (errorPauseMs[1] - errorPauseMs[0]);
}
