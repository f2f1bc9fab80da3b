import type { DaemonProcess } from '../testbed/daemon-process.js';
import { whenMetrics } from './daemon-metrics.js';

const DEADLINE_MS = 180_000;

/**
 * Resolves when the daemon has made all the keys that it makes ahead: a condition of the figures, which are not about
 * the making of keys. At once where the guests make their own.
 */
export async function keyStockFilled(daemon: DaemonProcess, signal: AbortSignal): Promise<void> {
  await whenMetrics(daemon, {
    what: "the daemon's keys",
    read: keysIn,
    holds: ({ ready, wanted }) => ready >= wanted,
    deadlineMs: DEADLINE_MS,
    signal,
  });
}

/** What the text of the daemon's metrics says of its keys; nothing is none. */
export function keysIn(metrics: string): { readonly ready: number; readonly wanted: number } {
  const count = (state: string) =>
    Number(new RegExp(`^iap_agent_keys\\{state="${state}"\\} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
  return { ready: count('ready'), wanted: count('wanted') };
}
