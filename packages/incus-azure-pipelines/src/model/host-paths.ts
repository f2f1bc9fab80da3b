/** What of this host guests get to see, by the devices and keys that Incus gives them. Pure. */
import { isFolder } from './device-rules.js';
import type { Device, Fittings } from './fittings.js';

/** Something of this host that a guest gets to see. */
export interface Shown {
  /** Path on this host. */
  readonly source: string;
  /** Path in the guest. */
  readonly path: string;
  /** The profile that brings it; left out where the pool names it itself. */
  readonly profile?: string;
}

/** What guests may get to see of this host besides, of which no path can be told. */
export interface Unnamed {
  /** In words: the device or the key by which they see it. */
  readonly by: string;
  readonly what: string;
}

/** All that the guests of a pool get to see of this host. */
export interface HostPaths {
  readonly shown: readonly Shown[];
  readonly unnamed: readonly Unnamed[];
}

/** A profile as far as it is looked at. */
export interface SeenProfile {
  readonly config: Device;
  readonly devices: Readonly<Record<string, Device>>;
}

/** A graphics card of this host, as Incus shows it. Source: `GET /1.0/resources`. */
export interface Card {
  readonly drm?: {
    readonly id: number;
    readonly card_name: string;
    readonly control_name?: string;
    readonly render_name?: string;
  };
  readonly nvidia?: { readonly card_name: string };
  readonly pci_address?: string;
  readonly vendor_id?: string;
  readonly product_id?: string;
}

/** What Incus showed, or why it did not. */
export type Asked<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly error: string };

/** What Incus has that fittings refer to. */
export interface SeenOfIncus {
  /** Those of the guests, by name, in the order in which Incus lays them upon each other. */
  readonly profiles: ReadonlyMap<string, Asked<SeenProfile>>;
  readonly cards: Asked<readonly Card[]>;
}

/** Keys of a profile that bring paths of the host without a device, the values that do, and what they bring. */
const KEYS = [
  ['raw.lxc', /./, 'whatever its lines mount'],
  ['nvidia.runtime', /^(?:1|on|true|yes)$/i, "libraries and programs of NVIDIA's driver"],
] as const;

/** A network and nothing at all: no path. */
const WITHOUT_PATH: ReadonlySet<string | undefined> = new Set(['nic', 'none']);

/** Tells what guests with these fittings get to see: of two devices of one name they get the later one. */
export function hostPathsOf({ devices = {} }: Fittings = {}, { cards, profiles }: SeenOfIncus): HostPaths {
  const given = new Map<string, { readonly device: Device; readonly profile?: string }>();
  const unnamed: Unnamed[] = [];
  for (const [profile, asked] of profiles) {
    if (!asked.known) {
      unnamed.push({ by: `profile "${profile}"`, what: `what it brings, which Incus does not show: ${asked.error}` });
      continue;
    }
    for (const [name, device] of Object.entries(asked.value.devices)) given.set(name, { device, profile });
    for (const [key, brings, what] of KEYS)
      if (brings.test(asked.value.config[key] ?? '')) unnamed.push({ by: `${key} of profile "${profile}"`, what });
  }
  for (const [name, device] of Object.entries(devices)) given.set(name, { device });
  const shown: Shown[] = [];
  for (const [name, { device, profile }] of given) {
    const by = `device "${name}"${profile === undefined ? '' : ` of profile "${profile}"`}`;
    const found = ofDevice(device, cards);
    shown.push(...found.shown.map(one => ({ ...one, ...(profile === undefined ? {} : { profile }) })));
    unnamed.push(...found.unnamed.map(what => ({ by, what })));
  }
  return { shown, unnamed };
}

interface OfDevice {
  readonly shown: readonly Shown[];
  readonly unnamed: readonly string[];
}

function ofDevice(device: Device, cards: SeenOfIncus['cards']): OfDevice {
  const { type } = device;
  if (WITHOUT_PATH.has(type)) return only([]);
  if (type === 'disk') return only(isFolder(device) ? named(device.source, device.path) : []);
  if (type === 'unix-char' || type === 'unix-block') return ofUnixDevice(device);
  if (type === 'gpu' && (device.gputype ?? 'physical') === 'physical' && /^\d*$/.test(device.id ?? ''))
    return ofCards(device, cards);
  if (type === 'proxy') return only(ofProxy(device));
  return only([], [`what Incus passes on for a device of type ${type}, whose paths are not known before a guest runs`]);
}

function only(shown: readonly Shown[], unnamed: readonly string[] = []): OfDevice {
  return { shown, unnamed };
}

/** What is no absolute path stands for something of Incus itself, such as `tmpfs:`. */
function named(source = '', path = source): readonly Shown[] {
  return source.startsWith('/') ? [{ source, path }] : [];
}

/** By its numbers it may be another than the one that has its path. */
function ofUnixDevice({ major, minor, path, source = path, type }: Device): OfDevice {
  if (major === undefined || minor === undefined) return only(named(source, path));
  return only([], [`the ${type} device with the numbers ${major}:${minor}, as ${path ?? source}`]);
}

/** The socket on this host that a guest can speak to. */
function ofProxy({ bind = 'host', connect = '', listen = '' }: Device): readonly Shown[] {
  const socket = /^unix:(\/.*)$/.exec(connect)?.[1];
  return bind === 'host' || socket === undefined ? [] : named(socket, listen.replace(/^unix:/, ''));
}

/** Incus selects and passes on in this way when a guest starts: all cards that fit, each with all of its devices. */
function ofCards(device: Device, cards: SeenOfIncus['cards']): OfDevice {
  if (!cards.known)
    return only([], [`devices of the graphics cards that it selects, which Incus does not show: ${cards.error}`]);
  const selected = cards.value.filter(card => isSelected(device, card));
  if (selected.length === 0) return only([], ['the graphics card that it selects, of which there is none now']);
  const paths = selected.flatMap(({ drm, nvidia }) => [
    ...[drm?.card_name, drm?.render_name, drm?.control_name].flatMap(name => (name ? [`/dev/dri/${name}`] : [])),
    ...(nvidia?.card_name ? [`/dev/${nvidia.card_name}`] : []),
  ]);
  const isNvidia = selected.some(({ nvidia }) => nvidia?.card_name);
  return only(
    paths.flatMap(path => named(path)),
    isNvidia ? ["every device of NVIDIA's driver that is of no one card, such as /dev/nvidiactl"] : [],
  );
}

function isSelected({ id, pci, productid, vendorid }: Device, { drm, pci_address, product_id, vendor_id }: Card) {
  const fits = (wanted: string | undefined, has: string | undefined) => !wanted || wanted === has;
  const address = pci?.toLowerCase();
  return (
    fits(id, drm === undefined ? undefined : String(drm.id)) &&
    fits(address?.length === 7 ? `0000:${address}` : address, pci_address) &&
    fits(vendorid, vendor_id) &&
    fits(productid, product_id)
  );
}
