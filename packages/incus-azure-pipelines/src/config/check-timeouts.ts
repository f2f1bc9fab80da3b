/** What deadlines mean together with what the guest does. */

import { formatDuration } from '../lib/units.js';
import { error, type Finding } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

/**
 * A guest gives up registering after some two and a half minutes. An agent that is given up sooner could still appear
 * in Azure and take a job, so no deadline for it may be shorter.
 */
const SHORTEST_STARTUP_MS = 180_000;

/** Checks a pool's deadlines. */
export function checkTimeouts(pool: PoolEntry): readonly Finding[] {
  const { startupGracePeriod } = pool.settings;
  if (startupGracePeriod === undefined || startupGracePeriod >= SHORTEST_STARTUP_MS) return [];
  return [
    error(
      pool.path('startupGracePeriod'),
      `${formatDuration(startupGracePeriod)} is less than an agent may take to register`,
      `write at least ${formatDuration(SHORTEST_STARTUP_MS)}`,
    ),
  ];
}
