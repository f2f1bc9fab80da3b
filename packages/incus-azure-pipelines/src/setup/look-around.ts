/** Reads what setup's wish depends on: the host, its names and addresses, and the storage. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type IncusClient, ignoreNotFound } from 'incus-client';
import { UserError } from '../lib/user-error.js';
import type { DaemonSpec } from '../model/pool.js';
import { ID_TABLES, isolatedMaps } from '../observe/id-maps.js';
import type { Opening } from './acl-rules.js';
import { hostRanges } from './host-ranges.js';
import { namedServers } from './named-servers.js';
import { mostInstances } from './project-limits.js';
import type { Surroundings } from './wish.js';

export interface LookOptions {
  /** As an administrator of Incus, in the default project. */
  readonly root: IncusClient;
  readonly spec: DaemonSpec;
  readonly ownerId: string;
  readonly owner: string;
  /** The storage pool that was asked for. */
  readonly storagePool: string | undefined;
  readonly signal: AbortSignal;
}

/** Looks around. @throws UserError when there is no saying which storage pool is meant. */
export async function lookAround(options: LookOptions): Promise<Surroundings> {
  const { spec, owner, ownerId, root, signal } = options;
  const info = await root.server.info({ signal });
  const maps = await isolatedMaps(info, ID_TABLES);
  const named = await openings(spec);
  return {
    ownerId,
    owner,
    openings: named,
    unknownHosts: named.flatMap(({ host, addresses }) => (addresses.length === 0 ? [host] : [])),
    // Incus shows those of some interfaces only.
    hostAddresses: hostRanges(Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])),
    ...(await chooseStorage(options)),
    firewall: info.environment?.firewall ?? 'nftables',
    isolates: maps >= mostInstances(spec.pools),
  };
}

async function openings({ network, pools }: DaemonSpec): Promise<readonly (Opening & { readonly host: string })[]> {
  const allowed = network.allow.map(target => ({ name: `network.allow: ${target.host}`, target }));
  return Promise.all(
    [...namedServers(pools), ...allowed].map(async ({ name, target: { host, prefixLength, port } }) => ({
      name,
      host,
      addresses: prefixLength === undefined ? await addressesOf(host) : [`${host}/${prefixLength}`],
      port,
    })),
  );
}

/** None where the name leads nowhere: a host behind a proxy need not be able to look it up. */
async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address).toSorted();
}

/** The one that the project has already, that was asked for, that the default profile of Incus has, or the only one. */
async function chooseStorage({
  root,
  spec,
  storagePool,
  signal,
}: LookOptions): Promise<Pick<Surroundings, 'storagePool' | 'storageDriver'>> {
  const pools = await root.server.storagePools.list({ signal });
  const names = pools.map(({ name }) => name);
  const known = async (project: string) => {
    const found = await ignoreNotFound(root.withProject(project).profiles.get('default', { signal }));
    return Object.values(found?.profile.devices ?? {}).find(({ type, path }) => type === 'disk' && path === '/')?.pool;
  };
  const chosen = storagePool ?? (await known(spec.project)) ?? (await known('default')) ?? onlyOne(names);
  const there = pools.find(({ name }) => name === chosen);
  if (there !== undefined) return { storagePool: there.name, storageDriver: there.driver };
  if (chosen !== undefined)
    throw new UserError(`Incus has no storage pool "${chosen}"; there are: ${names.join(', ')}`);
  const remedy =
    names.length === 0 ? 'make one with: incus storage create' : `name one with --storage: ${names.join(', ')}`;
  throw new UserError(`it is not clear which storage pool the agents are to be in; ${remedy}`);
}

function onlyOne(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}
