import { gibToBytes } from '../lib/units.js';
import type { DaemonSpec } from '../model/pool.js';
import type { FileSettings } from './schema.js';

/** What of the host is to stay free; nothing where the file keeps nothing. */
export function hostReserveOf({ hostReserve = {} }: FileSettings): Pick<DaemonSpec, 'hostReserve'> {
  const { cores, disk, memory } = hostReserve;
  const reserve = {
    ...(memory === undefined ? {} : { memoryBytes: gibToBytes(memory) }),
    ...(disk === undefined ? {} : { diskBytes: gibToBytes(disk) }),
    ...(cores === undefined ? {} : { cores }),
  };
  return Object.keys(reserve).length === 0 ? {} : { hostReserve: reserve };
}
