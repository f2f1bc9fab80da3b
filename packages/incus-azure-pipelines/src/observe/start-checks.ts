import { type IncusClient, IncusError, isIncusError, type StringMap } from 'incus-client';
import { UserError } from '../lib/user-error.js';
import type { StorageFacts } from '../model/storage.js';
import { ID_TABLES, isolatedMaps } from './id-maps.js';
import { readStorage } from './storage.js';

/** What the daemon builds on; all of it is in Incus 6.0. Source: `GET /1.0`, `api_extensions`. */
const NEEDED_EXTENSIONS = [
  'instance_create_start',
  'instance_ready_state',
  'operation_wait',
  'event_lifecycle_name_and_project',
  'container_exec_user_group_cwd',
  'projects',
] as const;

export interface IncusFacts {
  /** The root disk device of the project's default profile. */
  readonly rootDisk: StringMap;
  /** The storage pool of that disk; undefined where Incus does not show it. */
  readonly storage: StorageFacts | undefined;
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
export async function checkIncus(client: IncusClient, isThisHost: boolean, signal: AbortSignal): Promise<IncusFacts> {
  const info = await client.server.info({ signal }).catch(error => {
    if (signal.aborted || !isIncusError(error)) throw error;
    if (!error.retryable) throw new UserError(error.message);
    const remedy = 'Start it, or name its socket under "incus" in the configuration.';
    throw new IncusError(error.kind, `${error.message} ${remedy}`, { cause: error });
  });
  if (info.environment?.server !== 'incus')
    throw new UserError('what answers is not Incus, or does not trust this client; LXD cannot be used in its place');
  const lacking = NEEDED_EXTENSIONS.filter(extension => !info.api_extensions.includes(extension));
  if (lacking.length > 0)
    throw new UserError(
      `Incus ${info.environment.server_version} is too old: it lacks ${lacking.join(', ')}; install 6.0 or later`,
    );
  const rootDisk = await checkProfile(client, signal);
  return {
    rootDisk,
    storage: await readStorage(client, rootDisk, signal),
    isolatedMaps: await isolatedMaps(info, isThisHost ? ID_TABLES : []),
    architecture: info.environment.architectures[0] ?? 'x86_64',
  };
}

/** The seed's warning, as an error: without a root disk and a network no instance can come up. */
async function checkProfile(client: IncusClient, signal: AbortSignal): Promise<StringMap> {
  const { project } = client;
  const profile = await client.profiles.get('default', { signal }).catch(error => {
    if (isIncusError(error, 'not-found'))
      throw new UserError(`Incus has no project "${project}"; make it with: incus project create ${project}`);
    // Who is confined to other projects is not told whether there is such a one.
    if (isIncusError(error, 'forbidden'))
      throw new UserError(
        `Incus has no project "${project}", or none that this client may use; make it with: incus-azure-pipelines setup, or add it to those of the client's certificate with: incus config trust edit FINGERPRINT`,
      );
    throw error;
  });
  const devices = Object.values(profile.profile.devices);
  const rootDisk = devices.find(device => device.type === 'disk' && device.path === '/');
  if (rootDisk === undefined)
    throw new UserError(
      `the default profile of Incus project "${project}" has no root disk; add one with: incus profile device add default root disk path=/ pool=POOL --project ${project}`,
    );
  if (!devices.some(device => device.type === 'nic'))
    throw new UserError(
      `the default profile of Incus project "${project}" has no network; add one with: incus profile device add default eth0 nic network=NETWORK --project ${project}`,
    );
  return rootDisk;
}
