import { readFile } from 'node:fs/promises';
import { isLoopback } from '../lib/loopback.js';
import type { IncusTarget, PoolSpec } from '../model/pool.js';

const INOTIFY_PATH = '/proc/sys/fs/inotify/max_user_instances';
/** A booted guest with docker holds this many; all guests share one count, since they share one mapped root. */
export const INOTIFY_PER_GUEST = 10;

/**
 * Why this host cannot hold as many guests as `mostInstances`, or undefined. With the kernel's default of 128 exactly
 * sixteen guests come up, and the rest die without a word.
 */
export async function hostObstacle(
  mostInstances: number,
  readLimit: () => Promise<number>,
): Promise<string | undefined> {
  const limit = await readLimit();
  const needed = mostInstances * INOTIFY_PER_GUEST;
  if (Number.isNaN(limit) || limit >= needed) return undefined;
  return `fs.inotify.max_user_instances is ${limit} and ${mostInstances} guests need ${needed}; raise it with: sysctl -w fs.inotify.max_user_instances=8192`;
}

/** How many inotify instances this host lets each of its users have; NaN where it does not say. */
export async function readInotifyLimit(): Promise<number> {
  return Number(await readFile(INOTIFY_PATH, 'utf8').catch(() => 'NaN'));
}

/** Whether Incus is on this host, as far as its address tells. */
export function isThisHost(target: IncusTarget): boolean {
  return target.kind === 'unix' || isLoopback(new URL(target.url).hostname);
}

/** Most guests that all pools together may have at once, by the planner's ceiling for each. */
export function mostInstances(desired: readonly PoolSpec[], ceilingOf: (spec: PoolSpec) => number): number {
  return desired.reduce((sum, spec) => sum + ceilingOf(spec), 0);
}
