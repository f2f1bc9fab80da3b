/** What of the host is free, and what of it is to stay so. */
import type { Reading } from './reading.js';

/** Stays free of the host and of the storage pool, whatever the pools want; what is left out is not looked at. */
export interface HostReserve {
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly cores?: number;
}

/** What is free, as far as it could be read; what is left out is not known. */
export interface HostRoom {
  /** When the reading began (epoch ms). */
  readonly at: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  /** What a btrfs can still take of metadata, without which no file can be made in however much room. */
  readonly metadataBytes?: number;
  /** Cores that nothing runs on, by the load of the last minute. */
  readonly cores?: number;
  /** Why some of it could not be read. */
  readonly error?: string;
}

/** The reading as one that is known or not: the latter where a part of it is missing. */
export function asReading(room: HostRoom): Reading<HostRoom> {
  const { at, error } = room;
  return error === undefined ? { known: true, value: room, at } : { known: false, error, since: at };
}
