/** Time as the emulator sees it, so that a test can own it. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';

/** Tells the time and lets it pass. */
export interface Clock {
  /** The present, in ms since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves on by `ms`, waking each sleeper at its own instant and letting what it does come to rest. */
  advance(ms: number): Promise<void>;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Returns the machine's own clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => wait(Math.min(Math.max(ms, 0), LONGEST_TIMER_MS), undefined, { signal }),
  };
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Returns a clock that starts at `startAt` (ms since the epoch) and moves only by `advance`. */
export function manualClock(startAt: number = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  let present = startAt;
  const sleepers = new Set<Sleeper>();
  const earliest = (until: number): Sleeper | undefined =>
    [...sleepers].filter(sleeper => sleeper.at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => present,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const leave = () => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', abort);
        };
        const abort = () => {
          leave();
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          at: present + Math.max(ms, 0),
          wake: () => {
            leave();
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    async advance(ms) {
      const until = present + ms;
      await turn();
      for (let next = earliest(until); next !== undefined; next = earliest(until)) {
        present = Math.max(present, next.at);
        next.wake();
        await turn();
      }
      present = until;
      await turn();
    },
  };
}
