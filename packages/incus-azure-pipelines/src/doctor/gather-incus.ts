/** Finds out about Incus and the project what guests depend on. */
import { access } from 'node:fs/promises';
import { connectIncus, findSocket, type IncusClient, ignoreNotFound, isIncusError } from 'incus-client';
import { ownInputs } from '../execute/base/plan-base.js';
import { findInstallation } from '../lib/installation.js';
import type { Obstacle } from '../lib/obstacle.js';
import type { DaemonSpec, PoolSpec } from '../model/pool.js';
import { nicIn, rootDiskIn } from '../observe/fitness.js';
import { fittingsObstacle, missingPlaces } from '../observe/fittings.js';
import { isThisHost } from '../observe/host-limits.js';
import { ID_TABLES, isolatedMaps } from '../observe/id-maps.js';
import { holdingsIn } from '../observe/owners.js';
import { recordsOf } from '../observe/records.js';
import { readStorage } from '../observe/storage.js';
import { factOf, settled } from './fact-of.js';
import type { ProjectFacts, ServerFact } from './facts.js';
import { gatherNetwork } from './gather-network.js';
import { usedBases } from './used-bases.js';

type Info = Extract<ServerFact, { known: true }>['value'];

/** Asks Incus who it is. */
export async function gatherServer(incus: IncusClient, signal: AbortSignal): Promise<ServerFact> {
  return await factOf(incus.server.info({ signal }), signal, error => (isIncusError(error) ? error.kind : 'failed'));
}

/** Where LXD listens: as a snap, and else. */
const LXD_SOCKETS = ['/var/snap/lxd/common/lxd/unix.socket', '/var/lib/lxd/unix.socket'];

/** The socket of an LXD on this host; undefined where there is none. */
export async function findLxd(sockets: readonly string[] = LXD_SOCKETS): Promise<string | undefined> {
  const found = await Promise.allSettled(sockets.map(path => access(path)));
  return sockets.find((_, i) => found[i]?.status === 'fulfilled');
}

/** Reads the project. @throws IncusError when Incus stops answering meanwhile. */
export async function gatherProject(
  incus: IncusClient,
  info: Info,
  spec: DaemonSpec,
  signal: AbortSignal,
): Promise<ProjectFacts> {
  const call = { signal };
  const found = await unlessHidden(incus.projects.get(spec.project, call));
  const isThere = found !== undefined && found !== 'hidden';
  const devices = isThere ? (await ignoreNotFound(incus.profiles.get('default', call)))?.profile.devices : undefined;
  const installation = await settled(findInstallation(spec.stateDirectory));
  const ownerId: ProjectFacts['ownerId'] = installation.known
    ? { known: true, value: installation.value?.ownerId }
    : installation;
  const instances = devices === undefined ? [] : await incus.instances.list(call);
  const records = ownerId.known && ownerId.value ? recordsOf(instances, ownerId.value, NO_RINGS) : NO_RECORDS;
  const disk = rootDiskIn(devices ?? {});
  // A client that is confined to the project sees neither its storage nor its network; whoever asks may be an administrator.
  await using root = administrator(spec);
  const project = found === 'hidden' ? undefined : found?.project;
  const seesAll = (client: IncusClient) => client === root || spec.incus.kind === 'unix';
  const storage = disk && (await firstKnown([root, incus], client => readStorage(client, disk, signal), signal));
  return {
    project: spec.project,
    isHidden: found === 'hidden',
    devices,
    config: project?.config ?? {},
    holdings: holdingsIn(instances, project),
    ownerId,
    storage,
    room: storage && (await firstKnown([root, incus], client => roomOf(client, storage.pool, call), signal)),
    lacking: devices === undefined ? [] : await lackingOf(incus, root, spec.pools, signal),
    isolatedMaps: await isolatedMaps(info, isThisHost(spec.incus) ? ID_TABLES : []),
    network: await firstKnown(
      [root, incus],
      client => gatherNetwork(client, nicIn(devices ?? {}) ?? {}, { project, seesAll: seesAll(client) }, signal),
      signal,
    ),
    bases: usedBases(spec.pools, { ...records, own: await ownDigests(spec.pools, signal) }),
  };
}

/** Profiles, networks and storage pools that pools name; the latter two are not shown to who is confined to the project. */
async function lackingOf(
  incus: IncusClient,
  root: IncusClient | undefined,
  pools: readonly PoolSpec[],
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const profiles: Obstacle[] = [];
  for (const pool of pools) {
    const obstacle = await fittingsObstacle(incus, pool, signal);
    if (obstacle !== undefined) profiles.push(obstacle);
  }
  const places = await firstKnown([root, incus], client => missingPlaces(client, pools, signal), signal);
  return [...profiles, ...(places ?? [])];
}

/** Who is confined to other projects is refused, be there one of that name or not. */
async function unlessHidden<T>(call: Promise<T>): Promise<T | 'hidden' | undefined> {
  return await ignoreNotFound(call).catch((error: unknown) => {
    if (isIncusError(error, 'forbidden')) return 'hidden';
    throw error;
  });
}

/** The local Incus in the project, where there is one on this host and the configuration means that one. */
function administrator({ incus, project }: DaemonSpec): IncusClient | undefined {
  if (incus.kind === 'unix' || !isThisHost(incus)) return undefined;
  return connectIncus({ connection: findSocket(), project });
}

async function firstKnown<T>(
  clients: readonly (IncusClient | undefined)[],
  ask: (client: IncusClient) => Promise<T | undefined>,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (const client of clients) {
    const answer = client && (await ask(client).catch(() => undefined));
    signal.throwIfAborted();
    if (answer !== undefined) return answer;
  }
  return undefined;
}

async function roomOf({ server }: IncusClient, pool: string, call: { readonly signal: AbortSignal }) {
  const { space } = await server.storagePools.resources(pool, call);
  return { usedBytes: space.used, totalBytes: space.total };
}

const NO_RINGS = { isNoisy: () => false, rangSinceChange: () => false };
const NO_RECORDS = { bases: [], instances: [] };

/** By a pool's name, what its configuration says of its base; without a pool whose agent cannot be read. */
async function ownDigests(pools: readonly PoolSpec[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const spec of pools) {
    const digest = await factOf(ownInputs({ spec }, signal), signal);
    if (digest.known) digests.set(spec.name, digest.value);
  }
  return digests;
}
