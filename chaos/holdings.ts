import { setTimeout as delay } from 'node:timers/promises';
import { fetchMetrics } from '../bench/daemon-metrics.js';
import { readProcessCost } from '../bench/processes.js';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import { loopDevicesUnder } from '../testbed/traces.js';

/** What may leak: what the daemon holds, and the loop devices of the Incus that it drives. */
export interface Holdings {
  readonly descriptors: number;
  readonly sockets: number;
  /** Armed timers, as Node counts them. */
  readonly timers: number;
  readonly loopDevices: number;
}

const KINDS = ['descriptors', 'sockets', 'timers', 'loopDevices'] as const;
const pauseMs = 500;
/** Connections that are not used any more are kept for a while, and closed. */
const settleMs = 30_000;

/** The least that is held of each kind over some seconds: what is held for one call only is no holding. */
export async function leastHoldings(daemon: DaemonProcess, incusDirectory: string, looks = 12): Promise<Holdings> {
  let least = await look(daemon, incusDirectory);
  for (let turn = 1; turn < looks; turn++) {
    await delay(pauseMs);
    least = lesser(least, await look(daemon, incusDirectory));
  }
  return least;
}

/** Waits until no more is held than `before`, for half a minute, and gives back the least that was. */
export async function settledHoldings(
  daemon: DaemonProcess,
  incusDirectory: string,
  before: Holdings,
): Promise<Holdings> {
  const giveUpAt = performance.now() + settleMs;
  let least = await look(daemon, incusDirectory);
  while (leaks(before, least).length > 0 && performance.now() < giveUpAt) {
    await delay(pauseMs);
    least = lesser(least, await look(daemon, incusDirectory));
  }
  return least;
}

/** What there is more of than before, in words. */
export function leaks(before: Holdings, after: Holdings): string[] {
  return KINDS.filter(kind => after[kind] > before[kind]).map(kind => `${kind} ${before[kind]} → ${after[kind]}`);
}

/** Timers by Node's own count in the text of the daemon's metrics. */
export function timersIn(metrics: string): number {
  return Number(/^nodejs_active_resources\{type="Timeout"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

async function look(daemon: DaemonProcess, incusDirectory: string): Promise<Holdings> {
  const { descriptors, sockets } = await readProcessCost(daemon.pid);
  const metrics = await fetchMetrics(daemon, AbortSignal.timeout(settleMs));
  return { descriptors, sockets, timers: timersIn(metrics), loopDevices: loopDevicesUnder(incusDirectory).length };
}

function lesser(a: Holdings, b: Holdings): Holdings {
  const least = (kind: keyof Holdings) => Math.min(a[kind], b[kind]);
  return {
    descriptors: least('descriptors'),
    sockets: least('sockets'),
    timers: least('timers'),
    loopDevices: least('loopDevices'),
  };
}
