import { availableParallelism, freemem, loadavg } from 'node:os';
import type { IncusClient } from 'incus-client';
import type { HostRoom } from '../model/host-room.js';
import type { DaemonSpec } from '../model/pool.js';
import type { StorageFacts } from '../model/storage.js';
import { btrfsMetadataRoom } from './btrfs-metadata.js';
import { isThisHost } from './host-limits.js';

/** What a reading of the host depends on. */
export interface RoomSources {
  readonly incus: { readonly server: Pick<IncusClient['server'], 'resources' | 'storagePools'> };
  readonly spec: Pick<DaemonSpec, 'hostReserve' | 'incus' | 'pools'>;
  /** The root disk of pools that name no storage pool. */
  readonly rootDisk: { readonly pool?: string };
  readonly storage: StorageFacts | undefined;
  readonly storages: ReadonlyMap<string, StorageFacts>;
}

type Part = Omit<HostRoom, 'at'>;

/**
 * Reads at `at` what the host has free of all that has a reserve; undefined where nothing has. What cannot be read is left out,
 * with the reason. Of several storage pools the fullest counts.
 */
export async function readHostRoom(
  sources: RoomSources,
  at: number,
  signal: AbortSignal,
): Promise<HostRoom | undefined> {
  const { hostReserve: reserve, incus } = sources.spec;
  if (reserve === undefined) return undefined;
  const isHere = isThisHost(incus);
  const parts: Promise<Part>[] = [];
  if (reserve.memoryBytes !== undefined || reserve.cores !== undefined)
    parts.push(isHere ? roomHere() : roomThere(sources, signal));
  if (reserve.diskBytes !== undefined) parts.push(diskRoom(sources, isHere, signal));
  const read = await Promise.allSettled(parts);
  const [failed] = read.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
  const error = failed instanceof Error ? failed.message : String(failed);
  const found = read.map(result => (result.status === 'fulfilled' ? result.value : {}));
  return Object.assign({ at }, ...found, failed === undefined ? {} : { error });
}

async function roomHere(): Promise<Part> {
  // Node tells MemAvailable: what can be had without swapping, caches included.
  return { memoryBytes: freemem(), cores: availableParallelism() - (loadavg()[0] ?? 0) };
}

async function roomThere({ incus }: RoomSources, signal: AbortSignal): Promise<Part> {
  const { cpu, load, memory } = await incus.server.resources({ signal });
  const cores = load === undefined ? {} : { cores: cpu.total - load.Average1Min };
  return { memoryBytes: memory.total - memory.used, ...cores };
}

async function diskRoom(sources: RoomSources, isHere: boolean, signal: AbortSignal): Promise<Part> {
  const { rootDisk, spec, storage, storages } = sources;
  const names = new Set(spec.pools.map(({ fittings }) => fittings?.storagePool ?? rootDisk.pool));
  const rooms = await Promise.all(
    [...names].flatMap(name => {
      if (name === undefined) return [];
      const driver = (storages.get(name) ?? (storage?.pool === name ? storage : undefined))?.driver;
      return [roomOfStorage(sources.incus, name, isHere && driver === 'btrfs', signal)];
    }),
  );
  const least = (key: 'diskBytes' | 'metadataBytes') => {
    const known = rooms.flatMap(room => room[key] ?? []);
    return known.length === 0 ? {} : { [key]: Math.min(...known) };
  };
  return { ...least('diskBytes'), ...least('metadataBytes') };
}

/** Incus tells nothing of metadata; the kernel of this host does. */
async function roomOfStorage(
  { server }: RoomSources['incus'],
  name: string,
  isBtrfsHere: boolean,
  signal: AbortSignal,
): Promise<Part> {
  const [{ space }, metadataBytes] = await Promise.all([
    server.storagePools.resources(name, { signal }),
    isBtrfsHere ? metadataRoom(server, name, signal) : undefined,
  ]);
  return { diskBytes: space.total - space.used, ...(metadataBytes === undefined ? {} : { metadataBytes }) };
}

async function metadataRoom(
  { storagePools }: RoomSources['incus']['server'],
  name: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { source } = (await storagePools.get(name, { signal })).config;
  return source === undefined ? undefined : await btrfsMetadataRoom(source);
}
