import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connectIncus, findSocket, type IncusClient, ignoreNotFound, isIncusError, type Network } from 'incus-client';
import { chooseGateway, parseIpv4Network } from '../testbed/choose-network.js';
import { ownerMark, sweepAbandoned } from '../testbed/owned-project.js';
import { hostNetworks } from '../testbed/plan-run.js';

/** An Incus that the demo may make its project in. Disposing takes back what was made outside that project. */
export interface IncusPlace extends AsyncDisposable {
  readonly socketPath: string;
  readonly storagePool: string;
  readonly bridge: string;
  /** The host's address on the bridge. */
  readonly gateway: string;
}

/** An Incus that runs on this host, as far as the demo may build on it. */
export interface ExistingIncus {
  readonly socketPath: string;
  readonly version: string;
  /** Undefined when it has none at all: then no instance can be made in it. */
  readonly storagePool: string | undefined;
  /** A bridge on which guests reach this host; undefined when none has an IPv4 address. */
  readonly network: { readonly bridge: string; readonly gateway: string } | undefined;
}

/** Finds the Incus that answers on this host's socket and trusts us, and sweeps what a killed demo left in it. */
export async function findExistingIncus(signal: AbortSignal): Promise<ExistingIncus | undefined> {
  const connection = findSocket();
  if (connection.kind !== 'unix' || !existsSync(connection.socketPath)) return undefined;
  await using client = connectIncus({ connection });
  const info = await client.server.info({ signal, deadlineMs: 10_000 }).catch(error => {
    if (signal.aborted || !isIncusError(error)) throw error;
    // A socket that nobody serves any more.
    return undefined;
  });
  if (info?.auth !== 'trusted' || info.environment?.server !== 'incus') return undefined;
  await sweepAbandoned(client);
  const { socketPath } = connection;
  const version = info.environment.server_version;
  return { socketPath, version, ...(await storageAndNetwork(client, signal)) };
}

/** Makes what is missing for the demo in an Incus that runs already: nothing, or a bridge of the demo's own. */
export async function borrowIncus(
  existing: ExistingIncus & { readonly storagePool: string },
  signal: AbortSignal,
): Promise<IncusPlace> {
  const { socketPath, storagePool, network } = existing;
  if (network !== undefined) return { socketPath, storagePool, ...network, async [Symbol.asyncDispose]() {} };
  const client = connectIncus({ connection: { kind: 'unix', socketPath } });
  const bridge = `iapdemo${randomBytes(3).toString('hex')}`;
  const dispose = async () => {
    await ignoreNotFound(client.server.networks.delete(bridge));
    await client.close();
  };
  try {
    const taken = (await hostNetworks()).flatMap(text => parseIpv4Network(text) ?? []);
    const gateway = chooseGateway(taken, Math.random);
    const addresses = { 'ipv4.address': `${gateway}/24`, 'ipv4.nat': 'true', 'ipv6.address': 'none' };
    const config = { ...addresses, ...ownerMark() };
    await client.server.networks.create({ name: bridge, type: 'bridge', config }, { signal });
    return { socketPath, storagePool, bridge, gateway, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What the default profile names comes first, since its owner chose it. */
async function storageAndNetwork(
  client: IncusClient,
  signal: AbortSignal,
): Promise<Pick<ExistingIncus, 'storagePool' | 'network'>> {
  const { profile } = await client.profiles.get('default', { signal });
  const pools = (await client.server.storagePools.list({ signal })).map(pool => pool.name);
  const networks = (await client.server.networks.list({ signal })).filter(network => gatewayOf(network) !== undefined);
  const devices = Object.values(profile.devices);
  const rootPool = devices.find(device => device.type === 'disk' && device.path === '/')?.pool;
  const named = new Set(devices.flatMap(device => (device.type === 'nic' ? [device.network] : [])));
  const network = networks.find(({ name }) => named.has(name)) ?? networks[0];
  const gateway = network && gatewayOf(network);
  return {
    storagePool: rootPool ?? pools[0],
    network: network === undefined || gateway === undefined ? undefined : { bridge: network.name, gateway },
  };
}

function gatewayOf({ managed, type, config }: Network): string | undefined {
  if (!managed || type !== 'bridge') return undefined;
  return /^\d+(?:\.\d+){3}(?=\/)/.exec(config['ipv4.address'] ?? '')?.[0];
}
