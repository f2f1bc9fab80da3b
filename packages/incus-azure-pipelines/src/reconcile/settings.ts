import type { HostReserve } from '../model/host-room.js';
import type { DaemonSpec, PoolSpec } from '../model/pool.js';

/** What the configuration says to the loop. */
export interface Settings {
  readonly desired: readonly PoolSpec[];
  readonly reconcileIntervalMs: number;
  readonly maxConcurrentCreates: number;
  readonly hostReserve?: HostReserve | undefined;
}

/** Picks out what the loop has to know. */
export function settingsOf({
  hostReserve,
  maxConcurrentCreates,
  pools: desired,
  reconcileIntervalMs,
}: DaemonSpec): Settings {
  return { desired, hostReserve, maxConcurrentCreates, reconcileIntervalMs };
}
