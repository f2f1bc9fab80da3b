import { expect, test } from 'vitest';
import { copiesOnWrite } from './storage.js';

test.each([
  ['btrfs', {}, true],
  ['zfs', {}, true],
  ['zfs', { 'zfs.clone_copy': 'rebase' }, true],
  ['zfs', { 'zfs.clone_copy': 'false' }, false],
  ['lvm', {}, true],
  ['lvm', { 'lvm.use_thinpool': 'false' }, false],
  ['ceph', { 'ceph.rbd.clone_copy': 'false' }, false],
  ['dir', {}, false],
  ['lvmcluster', {}, false],
  ['toString', {}, false],
])('a storage pool of driver %s with %o copies on write: %s', (driver, config, expected) => {
  expect(copiesOnWrite(driver, config)).toBe(expected);
});
