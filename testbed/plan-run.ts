import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { bridgePrefix, chooseGateway, chooseInterface, parseIpv4Network } from './choose-network.js';
import { identifyProcess } from './process-identity.js';
import { runCommand } from './run-command.js';
import { type RunRecord, readRunRecords, stateDirectory } from './run-record.js';
import { networkInterfaces } from './traces.js';

/** How a private Incus is to be; every part has a default that meets no other on this host. */
export interface PrivateIncusOptions {
  /** Its INCUS_DIR: a path that does not exist yet, on a disk with room for the storage. */
  readonly directory?: string;
  /** At most 15 characters. */
  readonly bridge?: string;
  /** The bridge's own address, the `1` of a /24: `10.9.8.1`. */
  readonly gateway?: string;
  readonly storageDriver?: 'btrfs' | 'dir';
  /** Size of the sparse loop file of a btrfs pool. Quotas stay off. */
  readonly storageSizeGiB?: number;
  /** `address:port` for HTTPS; the daemon listens on its socket alone when there is none. */
  readonly httpsAddress?: string;
  /** Added to the daemon's environment, such as SSL_CERT_FILE. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to the configuration of the bridge, which has NAT otherwise. */
  readonly bridgeConfig?: Readonly<Record<string, string>>;
  /** It has no storage, no network, and nothing in its default profile. */
  readonly isBare?: boolean;
  /** A command that runs the daemon behind it, such as one that gives it a network of its own. */
  readonly within?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Chooses what a private Incus is to use of this host, out of the way of everything that is there.
 *
 * @throws Error when no subnet is free.
 */
export async function planRun(options: PrivateIncusOptions): Promise<RunRecord> {
  const owner = identifyProcess(process.pid);
  if (owner === undefined) throw new Error('start a private Incus: /proc does not show this process');
  const id = randomBytes(4).toString('hex');
  const others = await readRunRecords();
  const bridges = [...networkInterfaces(), ...others.map(run => run.bridge)];
  const networks = [...(await hostNetworks()), ...others.map(run => run.gateway.replace(/\d+$/, '0/24'))];
  const taken = networks.flatMap(text => parseIpv4Network(text) ?? []);
  return {
    id,
    owner,
    directory: options.directory ?? join(stateDirectory, id),
    bridge: options.bridge ?? chooseInterface(bridgePrefix, bridges, Math.random),
    gateway: options.gateway ?? chooseGateway(taken, Math.random),
  };
}

/** Lists the networks that this host has addresses in or routes to, as `10.1.2.3/24`. */
export async function hostNetworks(): Promise<string[]> {
  const addresses = await runCommand('ip', ['-json', '-4', 'address', 'show']);
  const routes = await runCommand('ip', ['-json', '-4', 'route', 'show', 'table', 'all']);
  const interfaces = JSON.parse(addresses) as { addr_info?: { local: string; prefixlen: number }[] }[];
  return [
    ...interfaces.flatMap(({ addr_info = [] }) => addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)),
    ...(JSON.parse(routes) as { dst: string }[]).map(route => route.dst),
  ];
}

/** Describes the daemon's storage, network and default profile as `incus admin init --preseed` reads them. */
export function preseed(run: RunRecord, options: PrivateIncusOptions): unknown {
  const driver = options.storageDriver ?? 'btrfs';
  const config = driver === 'btrfs' ? { size: `${options.storageSizeGiB ?? 20}GiB` } : {};
  return {
    storage_pools: [{ name: 'default', driver, config }],
    networks: [
      {
        name: run.bridge,
        type: 'bridge',
        config: {
          'ipv4.address': `${run.gateway}/24`,
          'ipv4.nat': 'true',
          'ipv6.address': 'none',
          ...options.bridgeConfig,
        },
      },
    ],
    profiles: [
      {
        name: 'default',
        devices: {
          root: { type: 'disk', path: '/', pool: 'default' },
          eth0: { type: 'nic', name: 'eth0', network: run.bridge },
        },
      },
    ],
  };
}
