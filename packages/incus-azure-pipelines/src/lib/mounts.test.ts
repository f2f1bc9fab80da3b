import { describe, expect, it } from 'vitest';
import { overlap, placeOf, placesAt, placesBelow, readMounts } from './mounts.js';

/** A root on a subvolume, the same disk once more from its top, a folder of the root by another path, and a stick. */
const TABLE = readMounts(`22 1 0:25 /@ / rw,relatime shared:1 - btrfs /dev/sda2 rw,subvol=/@
23 22 0:21 / /proc rw - proc proc rw
30 22 0:25 / /mnt/top rw - btrfs /dev/sda2 rw
31 22 0:25 /@/etc /srv/settings ro - btrfs /dev/sda2 rw
32 22 8:17 / /srv/a\\040stick rw - ext4 /dev/sdb1 rw
33 22 8:17 /sub /srv/hidden/below rw - ext4 /dev/sdb1 rw
34 22 0:40 / /srv/hidden rw - tmpfs tmpfs rw
`);

const place = (path: string) => placeOf(path, TABLE);

describe('the place of a path', () => {
  it.each([
    ['/', '0:25', '/@'],
    ['/etc/passwd', '0:25', '/@/etc/passwd'],
    ['/mnt/top', '0:25', '/'],
    ['/mnt/top/@/etc', '0:25', '/@/etc'],
    ['/srv/settings/ssh', '0:25', '/@/etc/ssh'],
    ['/srv/a stick/tools', '8:17', '/tools'],
    ['/srv/tools', '0:25', '/@/srv/tools'],
    ['/proc/1', '0:21', '/1'],
  ])('%s is on %s at %s', (path, device, inside) => {
    expect(place(path)).toMatchObject({ device, path: inside });
  });

  it('is what is mounted on top, not what that hides', () => {
    expect(place('/srv/hidden/below')).toMatchObject({ device: '0:40', path: '/below' });
  });

  it('is unknown without a root', () => {
    expect(placeOf('/etc', [])).toBeUndefined();
  });
});

it.each([
  ['/mnt/top', '/etc', true],
  ['/srv/settings', '/etc', true],
  ['/mnt/top/@/etc/ssh', '/etc', true],
  ['/srv/tools', '/etc', false],
  ['/srv/a stick', '/etc', false],
  ['/etcetera', '/etc', false],
])('%s shows something of %s, or lies in it: %s', (one, other, shows) => {
  const [some, its] = [place(one), place(other)];
  expect(some && its && overlap(some, its)).toBe(shows);
});

it('tells what is mounted at a path and below', () => {
  expect(placesBelow('/mnt', TABLE)).toEqual([{ device: '0:25', type: 'btrfs', path: '/' }]);
  expect(placesBelow('/srv/sett', TABLE)).toEqual([]);
});

it('tells what is mounted at a path, and what that hides', () => {
  expect(placesAt('/srv/hidden', TABLE).map(({ device, path }) => `${device} ${path}`)).toEqual([
    '0:40 /',
    '0:25 /@/srv/hidden',
    '8:17 /sub',
    '0:40 /',
  ]);
  expect(placesAt('/etc', TABLE)).toEqual([{ device: '0:25', type: 'btrfs', path: '/@/etc' }]);
});
