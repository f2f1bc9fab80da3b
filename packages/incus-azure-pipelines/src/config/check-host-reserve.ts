/** What of the host is to stay free, against what it has and what instances may take. */

import { formatGib, gibToBytes } from '../lib/units.js';
import type { ConfigEnvironment } from './environment.js';
import { type Finding, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { FileSettings } from './schema.js';

/** Checks that the reserve leaves room for an instance of each pool; `host` is undefined where Incus is on another one. */
export function checkHostReserve(
  { hostReserve = {} }: FileSettings,
  pools: readonly PoolEntry[],
  host: ConfigEnvironment | undefined,
): readonly Finding[] {
  if (host === undefined) return [];
  const { cores, memory } = hostReserve;
  const findings: Finding[] = [];
  if (cores !== undefined && cores >= host.cores)
    findings.push(
      warning(['hostReserve', 'cores'], `this host has ${host.cores} cores, and none would be left`, 'keep fewer'),
    );
  if (memory === undefined) return findings;
  const left = host.memoryBytes - gibToBytes(memory);
  const largest = Math.max(0, ...pools.map(({ settings }) => settings.maxRamInGb ?? 0));
  if (left <= gibToBytes(largest)) {
    const whose = largest === 0 ? '' : ` for an instance with maxRamInGb: ${largest}`;
    const problem = `this host has ${formatGib(host.memoryBytes)} of memory, which leaves no room${whose}: none would be created`;
    findings.push(warning(['hostReserve', 'memory'], problem, 'keep less of it, or give instances less'));
  }
  return findings;
}
