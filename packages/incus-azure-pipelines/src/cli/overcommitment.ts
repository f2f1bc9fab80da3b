import { hostEnvironment } from '../config/environment.js';
import { formatGib } from '../lib/units.js';
import type { DaemonSpec, PoolSpec } from '../model/pool.js';
import { isThisHost } from '../observe/host-limits.js';
import { instanceCeiling } from '../plan/target.js';
import type { Overcommitment, TakenAtMost } from '../report/plan-document.js';

/** What a base that is being built counts as, and an instance without a limit. */
const UNLIMITED_BYTES = 2 ** 30;

/**
 * What all pools may take at their most, against what the host has beside its reserve; undefined where nothing is to stay free.
 * What the storage pool has is for Incus to tell, and cores of another host are not known here.
 */
export function overcommitment(
  { hostReserve, incus, pools }: Pick<DaemonSpec, 'hostReserve' | 'incus' | 'pools'>,
  host: { readonly cores: number; readonly memoryBytes: number } = hostEnvironment(),
): Overcommitment | undefined {
  if (hostReserve === undefined) return undefined;
  const sum = (of: (spec: PoolSpec) => number) =>
    pools.reduce((all, spec) => all + instanceCeiling(spec) * of(spec), 0);
  const bytes = (of: (spec: PoolSpec) => number | undefined) =>
    sum(spec => of(spec) ?? UNLIMITED_BYTES) + UNLIMITED_BYTES;
  const has = isThisHost(incus) ? host : undefined;
  const { cores = 0, diskBytes = 0, memoryBytes = 0 } = hostReserve;
  return {
    instances: sum(() => 1),
    memoryBytes: beside(
      bytes(({ instance }) => instance.memoryBytes),
      has?.memoryBytes,
      memoryBytes,
    ),
    cores: beside(
      sum(({ instance }) => instance.cores ?? host.cores),
      has?.cores,
      cores,
    ),
    diskBytes: beside(
      bytes(({ instance }) => instance.diskSizeBytes),
      undefined,
      diskBytes,
    ),
  };
}

/** The same as a person reads it, one line each. */
export function sayOvercommitment(found: Overcommitment | undefined): readonly string[] {
  if (found === undefined) return [];
  const { cores, diskBytes, instances, memoryBytes } = found;
  const most = `${instances} instances at most`;
  const bytes = (what: string, taken: TakenAtMost) =>
    `${most} and a build of a base may take ${formatGib(taken.most)} of ${what}${besides(taken, formatGib)}.`;
  return [
    bytes('memory', memoryBytes),
    `${most} see ${cores.most} cores${besides(cores, String)}.`,
    bytes('disk', diskBytes),
  ];
}

function beside(most: number, has: number | undefined, kept: number): TakenAtMost {
  if (has === undefined) return { most, kept };
  return { most, kept, has, ...(has > kept ? { times: most / (has - kept) } : {}) };
}

function besides({ has, kept, times = 0 }: TakenAtMost, say: (amount: number) => string): string {
  if (has === undefined) return `, and ${say(kept)} stay free`;
  const ratio = times > 1 ? `: overcommitted ${times.toFixed(1)} times` : '';
  return `, of ${say(has)} of the host less ${say(kept)} that stay free${ratio}`;
}
