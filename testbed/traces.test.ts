import { expect, it } from 'vitest';
import { parseMounts } from './traces.js';

it('reads the root, the mount point and the source of each mount', () => {
  const text = [
    '28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard',
    '907 28 0:58 /containers/g1/rootfs / rw,relatime master:3 - btrfs /dev/loop3 rw',
    '',
  ].join('\n');
  expect(parseMounts(text)).toEqual([
    { root: '/', mountPoint: '/', source: '/dev/vda' },
    { root: '/containers/g1/rootfs', mountPoint: '/', source: '/dev/loop3' },
  ]);
});

it('reads a mount point with a blank in it', () => {
  expect(parseMounts('30 28 0:5 / /mnt/two\\040words rw - tmpfs none rw')[0]?.mountPoint).toBe('/mnt/two words');
});
