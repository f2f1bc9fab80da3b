import { describe, expect, it } from 'vitest';
import type { Device } from './fittings.js';
import { type Asked, type Card, hostPathsOf, type SeenProfile } from './host-paths.js';

const INTEL: Card = {
  drm: { id: 0, card_name: 'card0', render_name: 'renderD128' },
  pci_address: '0000:00:02.0',
  vendor_id: '8086',
  product_id: '5916',
};
const NVIDIA: Card = {
  drm: { id: 1, card_name: 'card1', render_name: 'renderD129', control_name: 'controlD65' },
  nvidia: { card_name: 'nvidia0' },
  pci_address: '0000:01:00.0',
  vendor_id: '10de',
  product_id: '2204',
};
const cards = { known: true, value: [INTEL, NVIDIA] } as const;

function profilesOf(profiles: Readonly<Record<string, Partial<SeenProfile>>>) {
  return new Map(
    Object.entries(profiles).map(([name, seen]) => [
      name,
      { known: true, value: { config: {}, devices: {}, ...seen } } as const,
    ]),
  );
}

/** What a pool's guests see by one device of its own. */
function seenBy(device: Device) {
  return hostPathsOf({ devices: { one: device } }, { profiles: new Map(), cards });
}

function sourcesBy(device: Device): readonly string[] {
  return seenBy(device).shown.map(({ source }) => source);
}

it('names what the pool gives and what its profiles give, of two devices of one name the later one alone', () => {
  const folder = (source: string) => ({ type: 'disk', source, path: '/opt/tools' });
  const profiles = profilesOf({
    default: { devices: { root: { type: 'disk', path: '/', pool: 'fast' }, a: folder('/srv/a'), b: folder('/srv/b') } },
    more: { devices: { b: folder('/srv/other'), c: folder('/srv/c') } },
  });
  expect(hostPathsOf({ devices: { c: folder('/srv/own') } }, { profiles, cards })).toEqual({
    shown: [
      { source: '/srv/a', path: '/opt/tools', profile: 'default' },
      { source: '/srv/other', path: '/opt/tools', profile: 'more' },
      { source: '/srv/own', path: '/opt/tools' },
    ],
    unnamed: [],
  });
});

it.each<[string, Device]>([
  ['a volume', { type: 'disk', pool: 'fast', source: 'cache', path: '/srv/cache' }],
  ['what Incus makes itself', { type: 'disk', source: 'tmpfs:', path: '/srv/cache' }],
  ['a network', { type: 'nic', network: 'ci' }],
  ['a device that is taken away', { type: 'none' }],
  ['a way to a port', { type: 'proxy', bind: 'instance', listen: 'tcp:127.0.0.1:80', connect: 'tcp:127.0.0.1:80' }],
  ['a way to a socket of the guest', { type: 'proxy', listen: 'tcp:127.0.0.1:80', connect: 'unix:/run/guest.sock' }],
])('%s shows nothing', (_, device) => {
  expect(seenBy(device)).toEqual({ shown: [], unnamed: [] });
});

it.each<[Device, string, string]>([
  [{ type: 'unix-char', source: '/dev/kvm' }, '/dev/kvm', '/dev/kvm'],
  [{ type: 'unix-char', path: '/dev/kvm' }, '/dev/kvm', '/dev/kvm'],
  [{ type: 'unix-block', source: '/dev/sdb', path: '/dev/data' }, '/dev/sdb', '/dev/data'],
  [
    { type: 'proxy', bind: 'instance', listen: 'unix:/run/a.sock', connect: 'unix:/run/host.sock' },
    '/run/host.sock',
    '/run/a.sock',
  ],
])('%o shows %s as %s', (device, source, path) => {
  expect(seenBy(device)).toEqual({ shown: [{ source, path }], unnamed: [] });
});

it.each<[Device, RegExp]>([
  [
    { type: 'unix-char', path: '/dev/x', major: '10', minor: '232' },
    /the unix-char device with the numbers 10:232, as /,
  ],
  [{ type: 'usb', vendorid: '046d' }, /what Incus passes on for a device of type usb, /],
  [{ type: 'unix-hotplug', vendorid: '046d' }, /of type unix-hotplug, /],
  [{ type: 'gpu', gputype: 'mig' }, /of type gpu, /],
  [{ type: 'gpu', id: 'nvidia.com/gpu=0' }, /of type gpu, /],
  [{ type: 'of the future' }, /of type of the future, /],
])('%o shows what has no path that is known', (device, what) => {
  expect(seenBy(device)).toEqual({
    shown: [],
    unnamed: [{ by: 'device "one"', what: expect.stringMatching(what) }],
  });
});

describe('a graphics card', () => {
  const first = ['/dev/dri/card0', '/dev/dri/renderD128'];
  const second = ['/dev/dri/card1', '/dev/dri/renderD129', '/dev/dri/controlD65', '/dev/nvidia0'];

  it.each<[Device, readonly string[]]>([
    [{}, [...first, ...second]],
    [{ id: '0' }, first],
    [{ id: '1' }, second],
    [{ pci: '01:00.0' }, second],
    [{ pci: '0000:00:02.0' }, first],
    [{ vendorid: '10de' }, second],
    [{ vendorid: '8086', productid: '5916' }, first],
  ])('that %o selects is named by all of its devices', (selects, paths) => {
    expect(sourcesBy({ type: 'gpu', ...selects })).toEqual(paths);
  });

  it('of NVIDIA brings devices that are of no one card', () => {
    expect(seenBy({ type: 'gpu', id: '0' }).unnamed).toEqual([]);
    expect(seenBy({ type: 'gpu', id: '1' }).unnamed).toEqual([
      { by: 'device "one"', what: expect.stringContaining('/dev/nvidiactl') },
    ]);
  });

  it('that there is none of is told', () => {
    expect(seenBy({ type: 'gpu', id: '7' })).toMatchObject({
      shown: [],
      unnamed: [{ what: 'the graphics card that it selects, of which there is none now' }],
    });
  });

  it('is told to be unknown where Incus does not show it', () => {
    const unseen = { profiles: new Map(), cards: { known: false, error: 'forbidden' } } as const;
    expect(hostPathsOf({ devices: { one: { type: 'gpu' } } }, unseen)).toMatchObject({
      shown: [],
      unnamed: [{ what: expect.stringMatching(/, which Incus does not show: forbidden$/) }],
    });
    expect(hostPathsOf({ devices: {} }, unseen)).toEqual({ shown: [], unnamed: [] });
  });
});

it('tells of keys of a profile that bring paths, and of a profile that Incus does not show', () => {
  const profiles = new Map<string, Asked<SeenProfile>>([
    ...profilesOf({
      default: { config: { 'raw.lxc': 'lxc.mount.entry = /srv srv none bind', 'nvidia.runtime': 'true' } },
    }),
    ...profilesOf({ more: { config: { 'raw.lxc': '', 'nvidia.runtime': 'false' } } }),
    ['lost', { known: false, error: 'not found' }],
  ]);
  expect(hostPathsOf({}, { profiles, cards })).toEqual({
    shown: [],
    unnamed: [
      { by: 'raw.lxc of profile "default"', what: 'whatever its lines mount' },
      { by: 'nvidia.runtime of profile "default"', what: "libraries and programs of NVIDIA's driver" },
      { by: 'profile "lost"', what: 'what it brings, which Incus does not show: not found' },
    ],
  });
});
