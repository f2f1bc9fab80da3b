import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import { fetchMetrics } from './call-counts.js';

const LOOK_MS = 250;
const DEADLINE_MS = 180_000;

/**
 * Resolves when the daemon has made all the keys that it makes ahead: a condition of the figures, which are not about
 * the making of keys. At once where the guests make their own.
 */
export async function keyStockFilled(daemon: DaemonProcess, signal: AbortSignal): Promise<void> {
  const { httpPort } = await daemon.seen(({ msg }) => msg === 'running');
  const giveUpAt = performance.now() + DEADLINE_MS;
  for (;;) {
    const { ready, wanted } = keysIn(await fetchMetrics(Number(httpPort), signal));
    if (ready >= wanted) return;
    if (performance.now() > giveUpAt) throw new Error(`wait for the daemon's keys: ${ready} of ${wanted} are there`);
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** What the text of the daemon's metrics says of its keys; nothing is none. */
export function keysIn(metrics: string): { readonly ready: number; readonly wanted: number } {
  const count = (state: string) =>
    Number(new RegExp(`^iap_agent_keys\\{state="${state}"\\} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
  return { ready: count('ready'), wanted: count('wanted') };
}
