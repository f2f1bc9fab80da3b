import { type IncusClient, IncusError, isIncusError } from 'incus-client';
import { type Obstacle, sentenceOf } from '../lib/obstacle.js';
import { UserError } from '../lib/user-error.js';
import type { ProfileDevices } from '../model/fittings.js';
import type { PoolSpec } from '../model/pool.js';
import type { StorageFacts } from '../model/storage.js';
import {
  hiddenProject,
  missingNic,
  missingProject,
  missingRootDisk,
  nicIn,
  profileDevices,
  rootDiskIn,
  serverObstacle,
} from './fitness.js';
import { fittingsObstacle, namedStorages } from './fittings.js';
import { ID_TABLES, isolatedMaps } from './id-maps.js';
import { readStorage } from './storage.js';

export interface IncusFacts extends ProfileDevices {
  /** The storage pool of that disk; undefined where Incus does not show it. */
  readonly storage: StorageFacts | undefined;
  /** Those that pools name, as far as Incus shows them. */
  readonly storages: ReadonlyMap<string, StorageFacts>;
  /** How many instances can have a range of user ids of their own. */
  readonly isolatedMaps: number;
  /** Architecture of the host as the kernel names it, e.g. `x86_64`. */
  readonly architecture: string;
}

/**
 * Looks whether Incus is there and fit, before anything is touched.
 *
 * @throws UserError with one sentence and its remedy for the first thing that is wrong; IncusError when nothing answers,
 *   which may mend itself.
 */
export async function checkIncus(
  client: IncusClient,
  {
    isThisHost,
    pools,
  }: { readonly isThisHost: boolean; readonly pools: readonly Pick<PoolSpec, 'name' | 'fittings'>[] },
  signal: AbortSignal,
): Promise<IncusFacts> {
  const info = await client.server.info({ signal }).catch(error => {
    if (signal.aborted || !isIncusError(error)) throw error;
    if (!error.retryable) throw new UserError(error.message);
    const remedy = 'Start it, or name its socket under "incus" in the configuration.';
    throw new IncusError(error.kind, `${error.message} ${remedy}`, { cause: error });
  });
  refuse(serverObstacle(info));
  const { nic, rootDisk } = await checkProfile(client, signal);
  for (const pool of pools) refuse(await fittingsObstacle(client, pool, signal));
  return {
    rootDisk,
    nic,
    storages: await namedStorages(client, pools, signal),
    storage: await readStorage(client, rootDisk, signal),
    isolatedMaps: await isolatedMaps(info, isThisHost ? ID_TABLES : []),
    architecture: info.environment?.architectures[0] ?? 'x86_64',
  };
}

/** The seed's warning, as an error: without a root disk and a network no instance can come up. */
async function checkProfile(client: IncusClient, signal: AbortSignal): Promise<ProfileDevices> {
  const { project } = client;
  const { devices } = (
    await client.profiles.get('default', { signal }).catch(error => {
      if (isIncusError(error, 'not-found')) throw new UserError(sentenceOf(missingProject(project)));
      if (isIncusError(error, 'forbidden')) throw new UserError(sentenceOf(hiddenProject(project)));
      throw error;
    })
  ).profile;
  if (rootDiskIn(devices) === undefined) throw new UserError(sentenceOf(missingRootDisk(project)));
  if (nicIn(devices) === undefined) throw new UserError(sentenceOf(missingNic(project)));
  return profileDevices(devices);
}

function refuse(obstacle: Obstacle | undefined): void {
  if (obstacle !== undefined) throw new UserError(sentenceOf(obstacle));
}
