import type { DaemonSpec, PoolSpec } from '../model/pool.js';

/** What the configuration says to the loop. */
export interface Settings {
  readonly desired: readonly PoolSpec[];
  readonly reconcileIntervalMs: number;
  readonly maxConcurrentCreates: number;
}

/** Picks out what the loop has to know. */
export function settingsOf({ maxConcurrentCreates, pools: desired, reconcileIntervalMs }: DaemonSpec): Settings {
  return { desired, maxConcurrentCreates, reconcileIntervalMs };
}
