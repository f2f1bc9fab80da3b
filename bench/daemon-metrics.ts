import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../testbed/daemon-process.js';

const LOOK_MS = 250;

/** What is awaited of the metrics of a daemon. */
export interface Awaited<T> {
  /** For the message when it does not come about. */
  readonly what: string;
  readonly read: (metrics: string) => T;
  readonly holds: (seen: T) => boolean;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches the text of a daemon's metrics from its port on loopback, as soon as there is one. It keeps no connection, which
 * would count as one that the daemon holds.
 */
export async function fetchMetrics(daemon: Pick<DaemonProcess, 'seen'>, signal: AbortSignal): Promise<string> {
  const { httpPort } = await daemon.seen(({ msg }) => msg === 'running');
  const headers = { connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${Number(httpPort)}/metrics`, { signal, headers });
  return response.text();
}

/** Looks again and again until the metrics show what is awaited. @throws Error at the deadline, with what they show then. */
export async function whenMetrics<T>(
  daemon: DaemonProcess,
  { what, read, holds, deadlineMs, signal }: Awaited<T>,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const seen = read(await fetchMetrics(daemon, signal));
    if (holds(seen)) return seen;
    if (performance.now() > giveUpAt) throw new Error(`wait for ${what}: the daemon shows ${JSON.stringify(seen)}`);
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** How many agents the text of the metrics shows in a phase, in all pools together. */
export function agentsIn(metrics: string, phase: string): number {
  const counts = metrics.matchAll(new RegExp(`^iap_agents\\{[^}]*phase="${phase}"[^}]*\\} (\\d+)$`, 'gm'));
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
