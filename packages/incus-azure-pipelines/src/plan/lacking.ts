import { formatGib } from '../lib/units.js';
import type { HostReserve, HostRoom } from '../model/host-room.js';

/** What instances take, or may take. */
export interface Taken {
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly cores: number;
}

/** A btrfs that has less room for metadata than this is as good as full. */
export const LEAST_METADATA_BYTES = 128 * 2 ** 20;

/**
 * What of the host would go below its reserve with one more instance of this size, in words; undefined where nothing would.
 * `taken` is what is not in the reading yet. What is not known does not lack.
 */
export function lacking(reserve: HostReserve, free: HostRoom, taken: Taken, size: Taken): string | undefined {
  const bytes = (key: 'memoryBytes' | 'diskBytes', what: string, name: string) => {
    const [kept, has] = [reserve[key], free[key]];
    if (kept === undefined || has === undefined || has - taken[key] - size[key] >= kept) return undefined;
    const counted = taken[key] === 0 ? '' : `, ${formatGib(taken[key])} of it for what was just begun`;
    return `the host has ${formatGib(has)} of ${what} left${counted}; one more instance may take ${formatGib(size[key])}, and hostReserve.${name} keeps ${formatGib(kept)}`;
  };
  return (
    bytes('memoryBytes', 'memory', 'memory') ??
    bytes('diskBytes', 'its storage pool', 'disk') ??
    metadata(reserve, free) ??
    cores(reserve, free, taken)
  );
}

function metadata({ diskBytes }: HostReserve, { metadataBytes }: HostRoom): string | undefined {
  if (diskBytes === undefined || metadataBytes === undefined || metadataBytes >= LEAST_METADATA_BYTES) return undefined;
  const left = `${Math.floor(metadataBytes / 2 ** 20)} MiB`;
  return `the btrfs of the storage pool has room for ${left} of metadata left, and hostReserve.disk keeps 128 MiB of that; a balance of its data frees some`;
}

/** A boot takes a core for a moment: it begins while the reserve is free, and others do not join it below that. */
function cores(reserve: HostReserve, free: HostRoom, taken: Taken): string | undefined {
  if (reserve.cores === undefined || free.cores === undefined || free.cores - taken.cores >= reserve.cores)
    return undefined;
  const booting = taken.cores === 0 ? '' : `, of which ${taken.cores} boot instances`;
  return `the host has ${Math.max(0, Number(free.cores.toFixed(1)))} idle cores${booting}, and hostReserve.cores keeps ${reserve.cores}`;
}
