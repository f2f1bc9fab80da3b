import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Clock, systemClock } from './clock.js';

/** Longest wait for the program that carries a word to systemd. */
const TELLING_MS = 10_000;
/** Pause before what has not got through is told again. */
const AGAIN_MS = 5_000;

export interface ServiceManagerOptions {
  /** Whether the service is well; while it is not, systemd hears nothing, and restarts it when its patience ends. */
  readonly healthy: () => boolean;
  /** Hears of each word that did not get through. That the service is up is told again; other words have a successor. */
  readonly onFailure: (error: unknown) => void;
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly tell?: (words: readonly string[]) => Promise<unknown>;
  readonly clock?: Clock;
}

/**
 * Tells systemd that the service is up, from then on that it lives, and when the signal aborts that it ends. Where systemd
 * has not asked for it, nothing is told. Sources: sd_notify(3), sd_watchdog_enabled(3).
 */
export async function attendServiceManager(
  signal: AbortSignal,
  { clock = systemClock, healthy, onFailure, tell = systemdNotify, variables = process.env }: ServiceManagerOptions,
): Promise<void> {
  if (!variables.NOTIFY_SOCKET) return;
  const say = (word: string) => tell([word]).then(() => true, onFailure);
  const pause = (ms: number) => clock.sleep(ms, signal).catch(() => {});
  // systemd kills a service of which it has not heard that it is up.
  while (!signal.aborted && (await say('READY=1')) !== true) await pause(AGAIN_MS);
  const patienceMs = watchdogMs(variables);
  while (!signal.aborted) {
    // A third of the patience: one word may be lost.
    await pause(patienceMs / 3);
    if (!signal.aborted && Number.isFinite(patienceMs) && healthy()) await say('WATCHDOG=1');
  }
  await say('STOPPING=1');
}

/** How long systemd waits for a word; for ever where it has set no time, or has set it for another process. */
function watchdogMs({ WATCHDOG_PID, WATCHDOG_USEC }: Readonly<Record<string, string | undefined>>): number {
  if (WATCHDOG_USEC === undefined || (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)))
    return Number.POSITIVE_INFINITY;
  return Number(WATCHDOG_USEC) / 1_000;
}

/** systemd's own program: Node has no datagram sockets of the file system. */
async function systemdNotify(words: readonly string[]): Promise<void> {
  await promisify(execFile)('systemd-notify', [...words], { timeout: TELLING_MS });
}
