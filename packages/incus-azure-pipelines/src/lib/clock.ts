import { setTimeout as delay } from 'node:timers/promises';

/** Time, so that tests can own it. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Timers of Node take 31 bits of ms; longer sleeps are cut to that, which every caller survives: it looks again. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/**
 * The time of the system as it was when this process started, and what has passed since. Whoever sets the host's clock
 * while the daemon runs makes no deadline due, and puts none off.
 */
export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  sleep: (ms, signal) => delay(Math.min(Math.max(ms, 0), LONGEST_SLEEP_MS), undefined, signal ? { signal } : undefined),
};
