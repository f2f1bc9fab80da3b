/**
 * Which devices guests may have. What is not named here is refused: a device is the shortest way from a job to the host.
 */
import type { Device } from './fittings.js';

/** What is wrong with a device, and at which of its keys. */
export interface DeviceFault {
  readonly key: string | undefined;
  readonly problem: string;
  readonly remedy: string;
}

/** The keys that a device of each kind may have. */
export const DEVICE_KEYS = {
  folder: ['type', 'source', 'path', 'readonly'],
  volume: ['type', 'pool', 'source', 'path', 'readonly'],
  'unix-char': ['type', 'source', 'mode', 'gid'],
  gpu: ['type', 'id', 'pci', 'vendorid', 'productid', 'mode', 'gid'],
} as const;

/** Devices of this host that are made for use by people without rights. */
const CHARACTER_DEVICE = /^\/dev\/(?:kvm|fuse|net\/tun|vhost-net|vhost-vsock|dri\/renderD\d{1,3})$/;
const CHARACTER_DEVICES = '/dev/kvm, /dev/fuse, /dev/net/tun, /dev/vhost-net, /dev/vhost-vsock, /dev/dri/renderD128';

/** An absolute path without anything that a shell, a list of paths or a mount table would take for more than a name. */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._+@-]+)+$/;

/** Where the system of the guest is, and what the guest contract puts there. */
const OF_GUEST = /^\/(?:bin|boot|dev|etc|home|lib|lib32|lib64|libx32|proc|root|run|sbin|sys|tmp|usr|var)(?:\/|$)/;

const FORMS: Readonly<Record<string, readonly [form: RegExp, expects: string]>> = {
  readonly: [/^(?:true|false)$/, 'true or false'],
  pool: [/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'the name of a storage pool'],
  mode: [/^0?[0-7]{3}$/, 'a mode such as "0666"'],
  gid: [/^\d{1,5}$/, 'a group id of the guest'],
  id: [/^\d{1,3}$/, 'the number of a card, such as 0'],
  pci: [/^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i, 'a PCI address such as "0000:01:00.0"'],
  vendorid: [/^[0-9a-f]{4}$/i, 'four hexadecimal digits'],
  productid: [/^[0-9a-f]{4}$/i, 'four hexadecimal digits'],
};

const VOLUME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Whether a device is a folder or file of this host. */
export function isFolder({ pool, type }: Device): boolean {
  return type === 'disk' && pool === undefined;
}

/** Whether a path is one to whoever reads it, and nothing more: in a list of paths as well. */
export function isPlainPath(path: string): boolean {
  return path === '/' || PATH.test(path);
}

/** Tells everything that is wrong with a device; nothing where a guest may have it. */
export function deviceFaults(device: Device): readonly DeviceFault[] {
  const kind = kindOf(device);
  if (kind === undefined) return [typeFault(device.type)];
  const known: readonly string[] = DEVICE_KEYS[kind];
  return Object.entries(device)
    .flatMap(([key, value]) => {
      if (!known.includes(key)) return [strayKey(key, kind)];
      const form = FORMS[key];
      if (form === undefined || form[0].test(value)) return [];
      return [{ key, problem: `${JSON.stringify(value)} is not ${form[1]}`, remedy: `write ${form[1]}` }];
    })
    .concat(kind === 'gpu' ? [] : sourceFaults(device, kind), kind in DISKS ? pathFaults(device) : []);
}

type Kind = keyof typeof DEVICE_KEYS;
const DISKS: Partial<Record<Kind, true>> = { folder: true, volume: true };

/** The kind of a device by its type; undefined where guests are given none of that type. */
export function kindOf(device: Device): Kind | undefined {
  if (device.type === 'disk') return isFolder(device) ? 'folder' : 'volume';
  return device.type === 'unix-char' || device.type === 'gpu' ? device.type : undefined;
}

function typeFault(type: string | undefined): DeviceFault {
  if (type === undefined)
    return { key: undefined, problem: 'has no type', remedy: 'write type: disk, unix-char or gpu' };
  const remedies: Readonly<Record<string, string>> = {
    nic: 'write networkName: NAME in the pool, the name of a managed network of Incus',
    proxy: 'delete it: it would be a way between the host and a job; what guests reach is said by network.allow',
  };
  return {
    key: 'type',
    problem: `a device of type ${JSON.stringify(type)} is not given to guests`,
    remedy: (Object.hasOwn(remedies, type) ? remedies[type] : undefined) ?? 'write type: disk, unix-char or gpu',
  };
}

function strayKey(key: string, kind: Kind): DeviceFault {
  const what = { folder: 'a disk', volume: 'a volume', 'unix-char': 'a unix-char device', gpu: 'a gpu' }[kind];
  const others = DEVICE_KEYS[kind].filter(known => known !== 'type').join(', ');
  return {
    key,
    problem: `${key} of ${what} is not passed on, since not each value of it is safe`,
    remedy: `delete it; ${what} has ${others}`,
  };
}

function sourceFaults({ readonly, source }: Device, kind: Exclude<Kind, 'gpu'>): readonly DeviceFault[] {
  const fault = (problem: string, remedy: string) => [{ key: 'source', problem, remedy }];
  if (source === undefined)
    return [{ key: undefined, problem: 'has no source', remedy: 'write what is to be given to guests, as source' }];
  const written = JSON.stringify(source);
  if (kind === 'unix-char')
    return CHARACTER_DEVICE.test(source)
      ? []
      : fault(`${written} is not given to guests`, `write one of ${CHARACTER_DEVICES}`);
  if (kind === 'volume')
    return VOLUME.test(source)
      ? []
      : fault(
          `${written} is no name of a volume`,
          'write the name of a volume of that storage pool, as "incus storage volume list" shows it',
        );
  if (!isPlainPath(source))
    return fault(
      `${written} is no plain absolute path`,
      'write a path such as /srv/tools, of letters, digits and ._+@- between the slashes',
    );
  if (readonly === 'false')
    return [
      {
        key: 'readonly',
        problem: 'a job could write to this host',
        remedy: 'delete it, since folders of the host are read only; what jobs write to is a volume: pool and source',
      },
    ];
  return [];
}

function pathFaults({ path }: Device): readonly DeviceFault[] {
  if (path === undefined)
    return [
      { key: undefined, problem: 'has no path', remedy: 'write where guests are to see it, such as path: /srv/tools' },
    ];
  if (!PATH.test(path))
    return [
      {
        key: 'path',
        problem: `${JSON.stringify(path)} is no plain absolute path`,
        remedy: 'write a path such as /srv/tools, of letters, digits and ._+@- between the slashes',
      },
    ];
  if (!OF_GUEST.test(path)) return [];
  return [
    {
      key: 'path',
      problem: `${path} is of the guest's own system`,
      remedy: 'write a path outside of it, such as /srv/tools or /opt/tools',
    },
  ];
}

/** Keys that a profile may bring: what a guest may use of the host, not what it may do to it. */
const PROFILE_KEY =
  /^(?:limits\.(?!kernel\.)|limits\.kernel\.(?:nofile|memlock|nproc|stack|core)$|linux\.sysctl\.|environment\.|user\.(?!iap\.))/;

/** Why a profile is not given to guests, in a sentence; undefined where it may be. */
export function profileFault(profile: {
  readonly name: string;
  readonly config: Device;
  readonly devices: Readonly<Record<string, Device>>;
}): string | undefined {
  const key = Object.keys(profile.config).find(name => !PROFILE_KEY.test(name));
  if (key !== undefined) return `profile "${profile.name}" sets ${key}, which guests are not given by a profile`;
  for (const [name, device] of Object.entries(profile.devices)) {
    const where = `device "${name}" of profile "${profile.name}"`;
    if (isFolder(device))
      return `${where} shows something of the host; write it under "devices" of the pool, where it is looked at`;
    const fault = deviceFaults(device)[0];
    if (fault !== undefined) return `${where}: ${fault.problem}`;
  }
  return undefined;
}

/** Keys of an instance that are of no harm to the host when a base inherits them, or that the base sets itself. */
const INSTANCE_KEY =
  /^(?:agent|boot|cloud-init|environment|image|limits|linux\.sysctl|snapshots|user|volatile)\.|^security\.(?:nesting|idmap\.isolated)$/;

/**
 * Why no base is made of an instance, in a sentence; undefined where one may be. A copy inherits what the instance has for
 * itself, key by key and device by device, and every guest would have it.
 */
export function instanceFault(instance: {
  readonly name: string;
  readonly config: Device;
  readonly devices: Readonly<Record<string, Device>>;
}): string | undefined {
  const { name } = instance;
  const key = Object.keys(instance.config).find(one => !INSTANCE_KEY.test(one));
  if (key !== undefined)
    return `it sets ${key}, which guests are not given; take it away with: incus config unset ${name} ${key}`;
  const found = Object.entries(instance.devices).find(([, device]) => !isPlace(device));
  if (found === undefined) return undefined;
  return `its device "${found[0]}" would come to every guest; take it away with: incus config device remove ${name} ${found[0]}; what guests are to have is named under "devices" of the pool`;
}

/** Where it lies, and its network: what a base is given of its own. */
function isPlace({ path, type }: Device): boolean {
  return type === 'nic' || (type === 'disk' && path === '/');
}
