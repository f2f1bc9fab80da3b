import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import { fetchMetrics } from './daemon-metrics.js';

const LOOK_MS = 500;
const DEADLINE_MS = 60_000;

/** What the daemon itself publishes of the time that jobs were in the queue, by Azure's own clock. */
export interface PublishedWaits {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Resolves when the daemon has seen so many jobs, the last of them some seconds after its end. */
export async function publishedWaits(
  daemon: DaemonProcess,
  jobs: number,
  signal: AbortSignal,
): Promise<PublishedWaits> {
  const giveUpAt = performance.now() + DEADLINE_MS;
  for (;;) {
    const waits = publishedWaitsIn(await fetchMetrics(daemon, signal));
    if (waits.count >= jobs || performance.now() > giveUpAt) return waits;
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** Reads them from the text of the metrics; nothing is no job. */
export function publishedWaitsIn(metrics: string): PublishedWaits {
  const value = (name: string, label: string) =>
    Number(new RegExp(`^iap_job_wait_seconds${name}\\{${label}[^}]*\\} (\\S+)$`, 'm').exec(metrics)?.[1] ?? 0);
  return {
    count: value('_count', 'pool='),
    p50Ms: value('', 'quantile="0.5"') * 1000,
    p99Ms: value('', 'quantile="0.99"') * 1000,
  };
}
