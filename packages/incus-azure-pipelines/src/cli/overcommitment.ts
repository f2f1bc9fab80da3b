import { hostEnvironment } from '../config/environment.js';
import { formatGib } from '../lib/units.js';
import type { DaemonSpec, PoolSpec } from '../model/pool.js';
import { isThisHost } from '../observe/host-limits.js';
import { instanceCeiling } from '../plan/target.js';

/** What a base that is being built counts as, and an instance without a limit. */
const UNLIMITED_BYTES = 2 ** 30;

/**
 * What all pools may take at their most, against what the host has beside its reserve, one line each; none where nothing is to
 * stay free. What the storage pool has is for Incus to tell, and cores of another host are not known here.
 */
export function overcommitment(
  { hostReserve, incus, pools }: Pick<DaemonSpec, 'hostReserve' | 'incus' | 'pools'>,
  host: { readonly cores: number; readonly memoryBytes: number } = hostEnvironment(),
): readonly string[] {
  if (hostReserve === undefined) return [];
  const sum = (of: (spec: PoolSpec) => number) =>
    pools.reduce((all, spec) => all + instanceCeiling(spec) * of(spec), 0);
  const memory = sum(({ instance }) => instance.memoryBytes ?? UNLIMITED_BYTES) + UNLIMITED_BYTES;
  const disk = sum(({ instance }) => instance.diskSizeBytes ?? UNLIMITED_BYTES) + UNLIMITED_BYTES;
  const cores = sum(({ instance }) => instance.cores ?? host.cores);
  const has = isThisHost(incus) ? host : undefined;
  const { cores: keptCores = 0, diskBytes = 0, memoryBytes = 0 } = hostReserve;
  const most = `${sum(() => 1)} instances at most`;
  return [
    `${most} and a build of a base may take ${formatGib(memory)} of memory${beside(memory, has?.memoryBytes, memoryBytes, formatGib)}.`,
    `${most} see ${cores} cores${beside(cores, has?.cores, keptCores, String)}.`,
    `${most} and a build of a base may take ${formatGib(disk)} of disk, and ${formatGib(diskBytes)} stay free.`,
  ];
}

function beside(most: number, has: number | undefined, kept: number, say: (amount: number) => string): string {
  if (has === undefined) return `, and ${say(kept)} stay free`;
  const times = most / Math.max(has - kept, Number.MIN_VALUE);
  const ratio = times > 1 ? `: overcommitted ${times.toFixed(1)} times` : '';
  return `, of ${say(has)} of the host less ${say(kept)} that stay free${ratio}`;
}
