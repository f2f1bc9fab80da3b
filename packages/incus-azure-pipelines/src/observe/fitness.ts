/** What an Incus and a project must have for agents. Pure. */
import type { Obstacle } from '../lib/obstacle.js';
import type { Device, ProfileDevices } from '../model/fittings.js';

/** What is looked at of a server that describes itself. */
interface Server {
  readonly api_extensions: readonly string[];
  /** Absent for a client that is not trusted. */
  readonly environment?: { readonly server: string; readonly server_version: string };
}

type Devices = Readonly<Record<string, Device>>;

/** What the daemon builds on; all of it is in Incus 6.0. Source: `GET /1.0`, `api_extensions`. */
const NEEDED_EXTENSIONS = [
  'instance_create_start',
  'instance_ready_state',
  'operation_wait',
  'event_lifecycle_name_and_project',
  'container_exec_user_group_cwd',
  'projects',
] as const;

/** Why what answers cannot be worked with; undefined where it can. */
export function serverObstacle(info: Server): Obstacle | undefined {
  const { environment } = info;
  if (environment === undefined)
    return {
      what: 'what answers does not trust this client',
      remedy: 'use the local socket as root or as a member of incus-admin, or let "setup" make a certificate',
    };
  if (environment.server !== 'incus')
    return {
      what: `what answers is not Incus but "${environment.server}"`,
      remedy: 'install Incus: LXD cannot be used in its place',
    };
  const lacking = NEEDED_EXTENSIONS.filter(extension => !info.api_extensions.includes(extension));
  if (lacking.length === 0) return undefined;
  return {
    what: `Incus ${environment.server_version} is too old: it lacks ${lacking.join(', ')}`,
    remedy: 'install 6.0 or later',
  };
}

/** Why the project is not there. One that is made by hand stays so: setup takes none that it has not made. */
export function missingProject(project: string): Obstacle {
  return {
    what: `Incus has no project "${project}"`,
    remedy:
      'make it with: incus-azure-pipelines setup; or make your own as docs/how-to/install.md tells, which setup then leaves alone',
  };
}

/** The same for who is confined to other projects, and is not told whether there is such a one. */
export function hiddenProject(project: string): Obstacle {
  return {
    what: `Incus has no project "${project}", or none that this client may use`,
    remedy:
      "make it with: incus-azure-pipelines setup, or add it to those of the client's certificate with: incus config trust edit FINGERPRINT",
  };
}

/** The root disk among the devices of a profile. */
export function rootDiskIn(devices: Devices): Device | undefined {
  return Object.values(devices).find(({ path, type }) => type === 'disk' && path === '/');
}

/** Why no instance can come up without a root disk. */
export function missingRootDisk(project: string): Obstacle {
  return {
    what: `the default profile of Incus project "${project}" has no root disk`,
    remedy: `add one with: incus profile device add default root disk path=/ pool=POOL --project ${project}`,
  };
}

/** The network device among the devices of a profile. */
export function nicIn(devices: Devices): Device | undefined {
  return Object.values(devices).find(({ type }) => type === 'nic');
}

/** The devices of a profile that instances may have another way; empty where it has none. */
export function profileDevices(devices: Devices): ProfileDevices {
  const nic = Object.entries(devices).find(([, { type }]) => type === 'nic');
  const [name, device] = nic ?? ['eth0', { type: 'nic', name: 'eth0' }];
  return { rootDisk: rootDiskIn(devices) ?? {}, nic: { name, device } };
}

/** Why no instance is of use without a network. */
export function missingNic(project: string): Obstacle {
  return {
    what: `the default profile of Incus project "${project}" has no network`,
    remedy: `add one with: incus profile device add default eth0 nic network=NETWORK --project ${project}`,
  };
}
