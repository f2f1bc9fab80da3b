import type { Clock } from '../lib/clock.js';
import { formatDuration } from '../lib/units.js';
import { callDaemon, NoDaemonError } from './control.js';
import { DaemonError } from './daemon-error.js';

/** A daemon that has crashed is started again sooner; for one that was stopped for good nobody is to wait longer. */
const COMING_MS = 60_000;
const PAUSE_MS = 1_000;

export interface ComingDaemon {
  readonly socket: string;
  /** Waits no longer than this, and a minute at most. */
  readonly timeoutMs: number;
  /** Hears once why the daemon has to be waited for. */
  readonly onAway: (why: string) => void;
  readonly clock: Clock;
}

/**
 * One POST on the control socket of a daemon that may be away, since it is just being started again. What is asked for may
 * reach it twice.
 *
 * @throws whatever `callDaemon` throws; of a daemon that did not come, with the time for which it was waited.
 */
export async function callComingDaemon(
  path: string,
  { clock, onAway, socket, timeoutMs }: ComingDaemon,
): Promise<void> {
  const withinMs = Math.min(timeoutMs, COMING_MS);
  const giveUpAt = clock.now() + withinMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await callDaemon(socket, 'POST', path);
      return;
    } catch (error) {
      const isAbsent = error instanceof NoDaemonError && error.mayCome;
      if (!(isAbsent || error instanceof DaemonError)) throw error;
      if (clock.now() >= giveUpAt) {
        if (!isAbsent) throw error;
        const how = `none came within ${formatDuration(withinMs)}`;
        throw new NoDaemonError(`${error.message}; ${how}, so nothing is drained and no job is waited for`);
      }
      if (isFirst) onAway(error.message);
      await clock.sleep(PAUSE_MS);
    }
  }
}
