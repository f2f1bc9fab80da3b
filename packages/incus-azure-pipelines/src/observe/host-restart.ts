import type { IncusTarget } from '../model/pool.js';
import { isThisHost } from './host-limits.js';

/**
 * Whether the host of Incus was started again since boot `before` of this host, which is now in boot `now`; `before` is
 * undefined where none is remembered. Of an Incus on another host this one's boot tells nothing.
 */
export function hostRestarted(incus: IncusTarget, before: string | undefined, now: string): boolean {
  return isThisHost(incus) && before !== undefined && before !== now;
}
