/** What a mounted btrfs can still take of metadata, by what the kernel tells of it under `/sys/fs/btrfs`. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const BTRFS = '/sys/fs/btrfs';
const SECTOR_BYTES = 512;

/**
 * Bytes of metadata that the btrfs can still take which Incus has made of `source`: its UUID, or the file of a loop device.
 * Undefined where this host shows none of that.
 *
 * Data and metadata have chunks of their own. When a chunk of metadata is full, another is made of what no chunk has; where all
 * of that has gone to data, the btrfs is full however much room its data has.
 */
export async function btrfsMetadataRoom(source: string, root = BTRFS): Promise<number | undefined> {
  for (const id of await readdir(root).catch(() => [])) {
    const folder = join(root, id);
    const devices = await readdir(join(folder, 'devices')).catch(() => []);
    const files = devices.map(device => textOf(join(folder, 'devices', device, 'loop', 'backing_file')));
    if (id !== source && !(await Promise.all(files)).includes(source)) continue;
    return await roomIn(folder, devices);
  }
  return undefined;
}

async function roomIn(folder: string, devices: readonly string[]): Promise<number | undefined> {
  const allocation = (...names: readonly string[]) => numberOf(join(folder, 'allocation', ...names));
  const sum = async (numbers: readonly Promise<number>[]) => (await Promise.all(numbers)).reduce((a, b) => a + b, 0);
  const sectors = await sum(devices.map(device => numberOf(join(folder, 'devices', device, 'size'))));
  const chunks = await sum(['data', 'metadata', 'system'].map(kind => allocation(kind, 'disk_total')));
  const total = await allocation('metadata', 'total_bytes');
  const taken = await sum(['bytes_used', 'bytes_reserved', 'bytes_pinned'].map(name => allocation('metadata', name)));
  // What the kernel keeps for itself, so that files can be deleted when all else is full.
  const kept = await allocation('global_rsv_size');
  const copies = (await allocation('metadata', 'disk_total')) / total;
  const free = total - taken - kept + Math.max(0, sectors * SECTOR_BYTES - chunks) / copies;
  return Number.isFinite(free) ? Math.max(0, free) : undefined;
}

async function textOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim();
}

async function numberOf(path: string): Promise<number> {
  const text = await textOf(path);
  return text === '' ? Number.NaN : Number(text);
}
