import { type IncusClient, isIncusError, type StringMap } from 'incus-client';
import type { StorageFacts } from '../model/storage.js';

/** The option of a driver that decides whether it copies on write, and the value with which it does not. */
const OPTIONS: Readonly<Record<string, readonly [option: string, whole: string] | undefined>> = {
  btrfs: undefined,
  zfs: ['zfs.clone_copy', 'false'],
  lvm: ['lvm.use_thinpool', 'false'],
  ceph: ['ceph.rbd.clone_copy', 'false'],
};

/**
 * Reads what the storage pool of a root disk can do. Undefined where that is not to be known: Incus may not show its
 * storage pools to a client that is confined to a project.
 */
export async function readStorage(
  client: Pick<IncusClient, 'server'>,
  rootDisk: StringMap,
  signal: AbortSignal,
): Promise<StorageFacts | undefined> {
  const { pool } = rootDisk;
  if (pool === undefined) return undefined;
  try {
    const { driver, config } = await client.server.storagePools.get(pool, { signal });
    return { pool, driver, copiesOnWrite: copiesOnWrite(driver, config) };
  } catch (error) {
    if (isIncusError(error, 'forbidden') || isIncusError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Whether a storage pool of this driver and configuration copies on write; of an unknown driver it is not believed. */
export function copiesOnWrite(driver: string, config: StringMap): boolean {
  if (!Object.hasOwn(OPTIONS, driver)) return false;
  const option = OPTIONS[driver];
  return option === undefined || config[option[0]] !== option[1];
}
