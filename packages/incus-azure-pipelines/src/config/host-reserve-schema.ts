import * as z from 'zod';
import { count, expecting, gib, key } from './kinds.js';

/** The key `hostReserve`. */
export const hostReserve = expecting(
  z.strictObject({
    memory: key(gib(0.125, 2), 'GiB of memory that stay available.'),
    disk: key(
      gib(0.125, 20),
      'GiB that stay free in each storage pool of the instances; on a btrfs of this host, room for metadata too.',
    ),
    cores: key(count(1, 1024, 1), 'Cores that stay idle, by the load of the last minute.'),
  }),
  { kind: 'map', expects: 'a map with memory, disk and cores', example: '{memory: 2, disk: 20}' },
);
