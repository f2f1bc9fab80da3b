/** What setup is to make of a configuration, apart from what is there already. */

import { parseRange } from '../lib/ip-ranges.js';
import { MARKS } from '../model/marks.js';
import { openedFor } from '../model/opened-for.js';
import type { DaemonSpec } from '../model/pool.js';
import { INOTIFY_PER_GUEST } from '../observe/host-limits.js';
import { egressRules, familiesOf, type Opening } from './acl-rules.js';
import type { Acl, Keys, Named, Profile, Wish } from './model.js';
import { mostInstances, projectLimits } from './project-limits.js';

/** What else the wish is made of. */
export interface Surroundings {
  readonly ownerId: string;
  /** Digest of that id. */
  readonly owner: string;
  /** What is to be opened beside the Internet. */
  readonly openings: readonly Opening[];
  /** Names among them that lead nowhere from here. */
  readonly unknownHosts: readonly string[];
  /** Addresses and subnets of the host that are public. */
  readonly hostAddresses: readonly string[];
  /** The storage pool of the root disks. */
  readonly storagePool: string;
  readonly storageDriver: string | undefined;
  /** Whether each instance gets a range of user ids of its own. */
  readonly isolates: boolean;
  /** As Incus names the one that it uses. */
  readonly firewall: string;
}

/** A project of Incus has one default profile, and guests of it one NIC. */
const NIC = 'eth0';
const DEFAULT_HTTPS_ADDRESS = '127.0.0.1:8443';
/** Addresses of a /24 less those of network, host and broadcast. */
const SMALL_SUBNET = 253;
/** Else a guest takes all addresses of the bridge by requests in the name of clients that it makes up. */
const KNOWN_ONLY = 'dhcp-ignore=tag:!known';
/**
 * Has dnsmasq advertise itself by its private or global address, whichever it has: a guest's filter drops what goes between link-local ones, which it would advertise else.
 * See dnsmasq(8), `--dhcp-option`.
 */
const GLOBAL_RESOLVER = 'dhcp-option=option6:dns-server,[fd00::],[::]';

/** Derives all parts. The names of those that lie outside of the project bear the owner. */
export function wishOf(spec: DaemonSpec, around: Surroundings): Wish {
  const { ownerId, owner } = around;
  const name = `iap-${owner}`;
  const limits = projectLimits(spec.pools);
  return {
    ownerId,
    acl: acl(spec, name, around),
    network: network(spec, name, around),
    project: project(spec, name, limits.project, around),
    profile: profile(name, limits.profile, around),
    httpsAddress: httpsAddress(spec),
    certificate: {
      name,
      description: `incus-azure-pipelines, owner ${ownerId}, may use project ${spec.project} alone`,
    },
    inotify: mostInstances(spec.pools) * INOTIFY_PER_GUEST,
    remarks: [...limits.remarks, ...remarksOf(spec, around)],
  };
}

/** What cannot be had, in a sentence each. */
function* remarksOf(spec: DaemonSpec, around: Surroundings): Generator<string> {
  const { firewall, isolates, storageDriver, storagePool, unknownHosts } = around;
  const most = mostInstances(spec.pools);
  if (spec.network.ipv4 && spec.network.address === undefined && most > SMALL_SUBNET)
    yield `The bridge has ${SMALL_SUBNET} addresses for up to ${most} instances: write network.address with a larger subnet.`;
  if (!isolates) yield 'Guests share one range of user ids: the host has too few ids, or none that mounts can map.';
  if (storageDriver === 'dir' && spec.pools.some(({ instance }) => instance.diskSizeBytes !== undefined))
    yield `diskSizeInGb has no effect in storage pool "${storagePool}", which is of plain directories, unless their file system has quotas for projects.`;
  yield* outOfReach(spec, around);
  for (const host of unknownHosts)
    yield `${host} cannot be looked up here, so guests reach it only if it is on the Internet: name its address under network.allow.`;
  if (firewall !== 'nftables')
    yield `Incus uses the firewall ${firewall}, with which ranges of addresses cannot be opened: use nftables.`;
}

/** What is named and has no address of a family that guests have. */
function outOfReach({ network }: DaemonSpec, { openings }: Surroundings): readonly string[] {
  const families = familiesOf(network);
  const isReached = (address: string) => families.some(family => family === parseRange(address)?.family);
  return openings.flatMap(({ name, addresses }) =>
    addresses.length === 0 || addresses.some(isReached)
      ? []
      : [
          `${name} has no address of IPv${families.join(' or IPv')}, and guests have no others, so they do not reach it.`,
        ],
  );
}

function acl({ network }: DaemonSpec, name: string, { openings, ownerId, hostAddresses }: Surroundings): Acl {
  return {
    name,
    description: 'What agents of Azure Pipelines reach',
    config: { [MARKS.owner]: ownerId },
    ingress: [],
    egress: egressRules(openings, { hostAddresses }, familiesOf(network)),
  };
}

function network(
  { network: { address, ipv4, ipv6 }, project }: DaemonSpec,
  name: string,
  { ownerId }: Surroundings,
): Named {
  return {
    name,
    description: 'Agents of Azure Pipelines, apart from each other',
    config: {
      [MARKS.owner]: ownerId,
      [MARKS.project]: project,
      ...(ipv4 ? { 'ipv4.address': address ?? 'auto', 'ipv4.nat': 'true' } : { 'ipv4.address': 'none' }),
      // Guests make their address of their MAC, the only one that the filter lets them use. From DHCP (ipv6.dhcp.stateful) one guest
      // would get leases for clients that it makes up, until the bridge has none left, of IPv4 either.
      ...(ipv6
        ? { 'ipv6.address': (ipv4 ? undefined : address) ?? 'auto', 'ipv6.nat': 'true' }
        : { 'ipv6.address': 'none' }),
      'raw.dnsmasq': [KNOWN_ONLY, ...(ipv6 ? [GLOBAL_RESOLVER] : [])].join('\n'),
      'security.acls': name,
      'security.acls.default.egress.action': 'reject',
      'security.acls.default.ingress.action': 'reject',
    },
  };
}

function project(spec: DaemonSpec, network: string, limits: Keys, { ownerId, isolates }: Surroundings): Named {
  const docker = spec.pools.some(({ base }) => base.docker);
  return {
    name: spec.project,
    description: 'Agents of Azure Pipelines',
    config: {
      [MARKS.owner]: ownerId,
      // Images of others are neither seen nor changed from inside.
      'features.images': 'true',
      'features.profiles': 'true',
      'features.storage.volumes': 'true',
      'features.storage.buckets': 'true',
      // The network stays outside, where the certificate cannot change it.
      'features.networks': 'false',
      restricted: 'true',
      'restricted.containers.nesting': docker ? 'allow' : 'block',
      'restricted.containers.privilege': isolates ? 'isolated' : 'unprivileged',
      'restricted.devices.nic': 'managed',
      ...openedFor(spec.pools, network),
      ...limits,
    },
  };
}

function profile(network: string, limits: Keys, { isolates, storagePool }: Surroundings): Profile {
  return {
    config: { ...limits, 'security.idmap.isolated': String(isolates), 'security.privileged': 'false' },
    devices: {
      root: { type: 'disk', path: '/', pool: storagePool },
      [NIC]: {
        type: 'nic',
        name: NIC,
        network,
        'security.port_isolation': 'true',
        'security.mac_filtering': 'true',
        // Where the bridge lacks a family, its filter keeps all of it away.
        'security.ipv4_filtering': 'true',
        'security.ipv6_filtering': 'true',
      },
    },
  };
}

/** Where the configuration reaches Incus, if that is on this host; else where Incus itself would listen, on loopback only. */
function httpsAddress({ incus }: DaemonSpec): string {
  if (incus.kind === 'unix') return DEFAULT_HTTPS_ADDRESS;
  const { hostname, port } = new URL(incus.url);
  return `${hostname === 'localhost' ? '127.0.0.1' : hostname}:${port || '443'}`;
}
