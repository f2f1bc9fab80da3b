import { describe, expect, it } from 'vitest';
import { deviceFaults, instanceFault, profileFault } from './device-rules.js';
import type { Device } from './fittings.js';

const FOLDER = { type: 'disk', source: '/srv/tools', path: '/opt/tools' } as const;

it.each<[string, Device]>([
  ['a folder', FOLDER],
  ['a folder that says that it is read only', { ...FOLDER, readonly: 'true' }],
  ['a volume', { type: 'disk', pool: 'fast', source: 'cache', path: '/srv/cache' }],
  ['virtualisation', { type: 'unix-char', source: '/dev/kvm', mode: '0666' }],
  ['a card by its address', { type: 'gpu', pci: '0000:01:00.0', gid: '44' }],
])('%s is given to guests', (_, device) => {
  expect(deviceFaults(device)).toEqual([]);
});

it.each('none nic unix-block usb infiniband proxy unix-hotplug tpm pci constructor'.split(' '))(
  'a device of type %s is given to none',
  type => {
    expect(deviceFaults({ type, source: '/dev/kvm' })).toMatchObject([{ key: 'type', remedy: expect.any(String) }]);
  },
);

it.each(
  'recursive propagation shift raw.mount.options required optional size io.cache ceph.user_name boot.priority'.split(
    ' ',
  ),
)('%s of a disk is passed on by none', key => {
  expect(deviceFaults({ ...FOLDER, [key]: 'true' })).toMatchObject([{ key }]);
});

it.each([
  '/dev/mem',
  '/dev/sda',
  '/dev/loop-control',
  '/dev/../dev/mem',
  '/dev/kvm/../mem',
  '/dev/dri/card0',
  '/dev/net/tun ',
  '/srv/kvm',
  '',
])('no character device is %j', source => {
  expect(deviceFaults({ type: 'unix-char', source })).toMatchObject([{ key: 'source' }]);
});

it.each([
  'tmpfs:',
  'cephfs:a/b',
  'srv/tools',
  '/srv/a,/etc',
  '/srv/..',
  '/srv/./a',
  '/srv//a',
  '/srv/a b',
  '/srv/a\n/etc',
])('no folder is %j', source => {
  expect(deviceFaults({ ...FOLDER, source })).toMatchObject([{ key: 'source' }]);
});

it.each([
  '/',
  '/etc',
  '/etc/systemd',
  '/usr/local/lib/iap',
  '/run/iap',
  '/home/agent',
  '/var/lib/docker',
  '/dev',
  '/srv/../etc',
])('no disk is put on %s of the guest', path => {
  expect(deviceFaults({ ...FOLDER, path })).toMatchObject([{ key: 'path' }]);
});

describe('a profile', () => {
  const faultOf = (config: Device, devices: Readonly<Record<string, Device>> = {}) =>
    profileFault({ name: 'gpu', config, devices });

  it('may set what a guest may use, and bring devices that guests may have', () => {
    const config = { 'limits.cpu.priority': '5', 'limits.kernel.nofile': '4096', 'user.note': 'ours' };
    expect(faultOf(config, { kvm: { type: 'unix-char', source: '/dev/kvm' } })).toBeUndefined();
  });

  it.each([
    'security.privileged',
    'security.nesting',
    'security.syscalls.intercept.mount',
    'security.guestapi',
    'raw.lxc',
    'raw.idmap',
    'raw.apparmor',
    'linux.kernel_modules',
    'nvidia.runtime',
    'boot.autostart',
    'cloud-init.user-data',
    'user.iap.owner',
    'limits.kernel.rtprio',
  ])('sets no %s', key => {
    expect(faultOf({ [key]: 'true' })).toBe(`profile "gpu" sets ${key}, which guests are not given by a profile`);
  });

  it('brings no device that the pool itself could not have, and no folder of the host', () => {
    expect(faultOf({}, { web: { type: 'proxy' } })).toBe(
      'device "web" of profile "gpu": a device of type "proxy" is not given to guests',
    );
    expect(faultOf({}, { tools: FOLDER })).toMatch(/^device "tools" of profile "gpu" shows something of the host; /);
  });
});

describe('an instance of which a base is made', () => {
  const root = { type: 'disk', path: '/', pool: 'default' };
  const faultOf = (config: Device, devices: Readonly<Record<string, Device>> = {}) =>
    instanceFault({ name: 'golden', config, devices });

  it('may have what it needs to be one, and what bases set themselves', () => {
    const config = { 'volatile.uuid': 'a', 'image.os': 'debian', 'security.nesting': 'true', 'limits.memory': '2GiB' };
    expect(faultOf(config, { root, eth0: { type: 'nic', network: 'incusbr0' } })).toBeUndefined();
  });

  it.each(['security.privileged', 'security.syscalls.intercept.mount', 'raw.lxc', 'raw.idmap', 'nvidia.runtime'])(
    'does not set %s',
    key => {
      expect(faultOf({ [key]: 'true' })).toMatch(
        `it sets ${key}, which guests are not given; take it away with: incus config`,
      );
    },
  );

  it.each([
    ['a folder', FOLDER],
    ['a file of the host', { type: 'unix-char', source: '/dev/kvm' }],
    ['a card', { type: 'gpu' }],
    ['a way from the host', { type: 'proxy', connect: 'tcp:127.0.0.1:22', listen: 'tcp:127.0.0.1:22' }],
  ])('does not have %s', (_, device) => {
    expect(faultOf({}, { root, shown: device })).toMatch(/^its device "shown" would come to every guest; /);
  });
});
