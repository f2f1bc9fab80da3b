/** Looks at the folders of this host that guests are to see, before Incus is told of one. */
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { liesIn, type Mount, overlap, type Place, placeOf, placesAt, readMounts } from '../lib/mounts.js';
import { deviceFaults, isFolder, isPlainPath } from '../model/device-rules.js';
import { deviceOf } from './check-fittings.js';
import { error, type Finding, type KeyPath, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

/** What is the host's own: no guest sees any of it, nor what holds it. */
const OF_HOST = ['/boot', '/dev', '/etc', '/home', '/proc', '/root', '/run', '/sys', '/tmp', '/var'];

/** File systems that hold files; others show the kernel, or something else in a new guise. */
const FILE_SYSTEMS = new Set(
  'btrfs ceph cifs erofs ext2 ext3 ext4 f2fs iso9660 nfs nfs4 squashfs tmpfs xfs zfs'.split(' '),
);

/** A folder with more is not searched to its end for sockets, and said to be so. */
const MOST_ENTRIES = 20_000;

const ELSEWHERE = 'put it where only root may change it, such as /srv/tools';

/** What the folders are held against. */
export interface FolderSurroundings {
  /** Whether Incus is on this host, so that its folders are the ones that are looked at. */
  readonly isThisHost: boolean;
  /** Files and folders of this program that are nobody else's business. */
  readonly kept: readonly string[];
  /** How many entries of a folder are looked at. */
  readonly mostEntries?: number;
}

/** The folders by their own paths, and what is wrong with others. */
export interface HostFolders {
  /** By the path that is written: the one without links. */
  readonly resolved: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

/** Looks at each folder that a device of a pool names. */
export async function lookAtFolders(pools: readonly PoolEntry[], around: FolderSurroundings): Promise<HostFolders> {
  const resolved = new Map<string, string>();
  const findings: Finding[] = [];
  for (const pool of pools)
    for (const [name, settings] of Object.entries(pool.settings.devices ?? {})) {
      const device = deviceOf(settings);
      if (!isFolder(device) || deviceFaults(device).length > 0 || device.source === undefined) continue;
      const key = pool.path('devices', name, 'source');
      const outcome = around.isThisHost ? await lookAt(key, device.source, around) : notHere(key, device.source);
      if (outcome.path !== undefined) resolved.set(device.source, outcome.path);
      findings.push(...outcome.findings);
    }
  return { resolved, findings };
}

/** The folder's own path where guests may see it, and what is to be said of it. */
interface Outcome {
  readonly path?: string;
  readonly findings: readonly Finding[];
}

function notHere(key: KeyPath, source: string): Outcome {
  const problem = `${source} would be a folder of the host of Incus, which cannot be looked at from here`;
  return { findings: [error(key, problem, 'use a volume of a storage pool: pool and source')] };
}

async function lookAt(
  key: KeyPath,
  source: string,
  { kept, mostEntries = MOST_ENTRIES }: FolderSurroundings,
): Promise<Outcome> {
  const refused = (problem: string, remedy = ELSEWHERE) => ({ findings: [error(key, problem, remedy)] });
  const said = OF_HOST.find(own => liesIn(source, own));
  if (said !== undefined) return refused(`${source} ${ofHost(source, said)}`);
  const path = await realpath(source).catch(() => undefined);
  if (path === undefined) return refused(`there is no ${source} on this host`, 'make it, or correct the path');
  const shown = path === source ? source : `${source}, which is ${path},`;
  if (!isPlainPath(path))
    return refused(`${source}, which is ${JSON.stringify(path)}, has more than a name in its path`);
  const mounts = readMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const why = (await privateIn(path, kept, mounts)) ?? (await changeable(path)) ?? guise(path, mounts);
  if (why !== undefined) return refused(`${shown} ${why}`);
  const found = await search(path, mostEntries);
  if (found.unfit !== undefined) return refused(`${shown} ${found.unfit}`);
  if (!(await isReadable(path)))
    return refused(`${shown} can be read by root alone, who is nobody here in a guest`, `run: chmod -R o+rX ${path}`);
  const unsearched = `has more than ${mostEntries} entries, and was not searched to its end for sockets, pipes and devices`;
  const remedy = `see that there are none: find ${path} -type s -o -type p -o -type b -o -type c`;
  return { path, findings: found.isWhole ? [] : [warning(key, unsearched, remedy)] };
}

/** By places and not by paths: what is mounted twice, or a subvolume, is there by another path as well. */
async function privateIn(path: string, kept: readonly string[], mounts: readonly Mount[]): Promise<string | undefined> {
  const place = placeOf(path, mounts);
  if (place === undefined) return 'is on no file system that is known';
  for (const own of [...OF_HOST, ...kept]) {
    const real = await realOf(own);
    const isShown =
      liesIn(path, real) || liesIn(real, path) || placesAt(real, mounts).some(other => overlap(place, other));
    if (isShown) return ofHost(path, own);
  }
  return undefined;
}

/** A path without links, as far as it is there already. */
async function realOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  return real ?? (path === '/' ? path : join(await realOf(dirname(path)), basename(path)));
}

function ofHost(path: string, own: string): string {
  return path === own || liesIn(path, own)
    ? `is of ${own}, which is the host's own`
    : `shows ${own}, which is the host's own`;
}

/** The root of a guest has no rights on the host: it reads what everybody may. */
async function isReadable(path: string): Promise<boolean> {
  const found = await lstat(path);
  const needed = found.isDirectory() ? 0o005 : 0o004;
  return (found.mode & needed) === needed;
}

/** Who can rename a folder on the way could put a link to somewhere else in its place. */
async function changeable(path: string): Promise<string | undefined> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid } = await lstat(folder);
    if (uid !== 0 || (mode & 0o022) !== 0) return `can be replaced by others than root, who may write to ${folder}`;
    if (folder === '/') return undefined;
  }
}

function guise(path: string, mounts: readonly Mount[]): string | undefined {
  const place = placeOf(path, mounts);
  const root = placeOf('/', mounts);
  if (place === undefined || FILE_SYSTEMS.has(place.type) || sameFileSystem(place, root)) return undefined;
  return `is on a file system of type ${place.type}, which may show what lies elsewhere`;
}

function sameFileSystem(place: Place, root: Place | undefined): boolean {
  return place.device === root?.device;
}

/** A socket that can be seen can be spoken to, be it on a disk that is read only. */
async function search(path: string, mostEntries: number): Promise<{ unfit?: string; isWhole: boolean }> {
  const found = await lstat(path);
  const unfit = (why: string) => ({ unfit: why, isWhole: false });
  if (!found.isDirectory()) return found.isFile() ? { isWhole: true } : unfit('is no folder and no plain file');
  const folders = [path];
  let left = mostEntries;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (!(await isOpen(folder))) continue;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) return unfit(`holds ${folder}, which this user cannot look into`);
    for (const entry of entries) {
      if (--left < 0) return { isWhole: false };
      if (isOpening(entry)) return unfit(`holds ${join(folder, entry.name)}, by which a job could speak to this host`);
      if (entry.isDirectory()) folders.push(join(folder, entry.name));
    }
  }
  return { isWhole: true };
}

/** Whether everybody can go in there, and so a guest's root, who is nobody on the host. */
async function isOpen(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found !== undefined && (found.mode & 0o001) !== 0;
}

function isOpening(entry: Pick<Stats, 'isSocket' | 'isFIFO' | 'isBlockDevice' | 'isCharacterDevice'>): boolean {
  return entry.isSocket() || entry.isFIFO() || entry.isBlockDevice() || entry.isCharacterDevice();
}
