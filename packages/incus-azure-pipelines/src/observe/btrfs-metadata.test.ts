import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { btrfsMetadataRoom } from './btrfs-metadata.js';

const MIB = 2 ** 20;
const ID = '526ad25b-fed7-4379-8bbd-6a92cdca96c7';
const IMAGE = '/var/lib/incus/disks/default.img';

/** What the kernel shows of a btrfs of 20 GiB in a file. */
async function aBtrfs(given: Readonly<Record<string, string | number>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'btrfs-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const files = {
    'devices/loop0/size': (20_480 * MIB) / 512,
    'devices/loop0/loop/backing_file': IMAGE,
    'allocation/data/disk_total': 3_072 * MIB,
    'allocation/system/disk_total': 16 * MIB,
    'allocation/metadata/disk_total': 512 * MIB,
    'allocation/metadata/total_bytes': 256 * MIB,
    'allocation/metadata/bytes_used': 40 * MIB,
    'allocation/metadata/bytes_reserved': 0,
    'allocation/metadata/bytes_pinned': 0,
    'allocation/global_rsv_size': 6 * MIB,
    ...given,
  };
  for (const [path, value] of Object.entries(files)) {
    const file = join(root, ID, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${value}\n`);
  }
  return root;
}

test.each([ID, IMAGE])('tells what %s can take of metadata, where each byte is kept twice', async source => {
  const unallocated = 20_480 - 3_072 - 16 - 512;
  expect(await btrfsMetadataRoom(source, await aBtrfs())).toBe((256 - 40 - 6 + unallocated / 2) * MIB);
});

test('where data has all chunks, what is left in those of metadata', async () => {
  const root = await aBtrfs({ 'allocation/data/disk_total': (20_480 - 16 - 512) * MIB });
  expect(await btrfsMetadataRoom(ID, root)).toBe(210 * MIB);
});

test.each([
  ['another btrfs', '/var/lib/incus/disks/other.img', {}],
  ['a btrfs that the kernel tells no size of', ID, { 'allocation/metadata/bytes_used': '' }],
])('knows nothing of %s', async (_, source, files) => {
  expect(await btrfsMetadataRoom(source, await aBtrfs(files))).toBeUndefined();
});

test('knows nothing where there is no btrfs', async () => {
  expect(await btrfsMetadataRoom(ID, '/nowhere')).toBeUndefined();
});
