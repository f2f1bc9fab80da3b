/** Judges the project, its storage, and what its host gives to guests. Pure. */
import { formatGib } from '../lib/units.js';
import type { PoolSpec } from '../model/pool.js';
import { hiddenProject, missingNic, missingProject, missingRootDisk, nicIn, rootDiskIn } from '../observe/fitness.js';
import { INOTIFY_PER_GUEST, mostInstances } from '../observe/host-limits.js';
import { isolationObstacle } from '../observe/id-maps.js';
import { instanceCeiling } from '../plan/target.js';
import { checkOpenings } from './check-openings.js';
import type { HostFacts, ProjectFacts } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';

/** From here on a storage pool is taken for nearly full, and for full. */
const FULL = { yellow: 0.85, red: 0.97 };
/** As much may be left and of no use: btrfs counts what it keeps for its own records as free. */
const NO_ROOM_BYTES = 2 ** 30;

/** Project and profile: what instances are made in. */
export function checkProject(
  { config, devices, isHidden, lacking, project }: ProjectFacts,
  pools: readonly PoolSpec[],
): Finding[] {
  if (isHidden) return [red('incus-project', hiddenProject(project))];
  if (devices === undefined) return [red('incus-project', missingProject(project))];
  const disk = rootDiskIn(devices);
  const nic = nicIn(devices);
  return [
    green('incus-project', `project "${project}" is there`),
    disk === undefined
      ? red('root-disk', missingRootDisk(project))
      : green('root-disk', `instances are made in storage pool "${disk.pool ?? 'of the profile'}"`),
    nic === undefined
      ? red('network-device', missingNic(project))
      : green('network-device', `instances get a network by ${nic.network ?? nic.parent ?? 'the profile'}`),
    checkLimit(config, pools),
    ...checkFittings(lacking, pools),
    ...checkOpenings({ config, devices, project }, pools),
  ];
}

/** Whether guests can have what pools ask for by name; nothing is said where none does. */
function checkFittings(lacking: ProjectFacts['lacking'], pools: readonly PoolSpec[]): Finding[] {
  if (lacking.length > 0) return lacking.map(obstacle => red('fittings', obstacle));
  const asks = pools.some(({ fittings = {} }) => fittings.profiles ?? fittings.network ?? fittings.storagePool);
  return asks ? [green('fittings', 'profiles, networks and storage pools that pools ask for are there')] : [];
}

function checkLimit(config: ProjectFacts['config'], pools: readonly PoolSpec[]): Finding {
  const limits = ['limits.instances', 'limits.containers'].flatMap(key =>
    config[key] ? [{ key, limit: Number(config[key]) }] : [],
  );
  const lowest = limits.toSorted((a, b) => a.limit - b.limit)[0];
  // One base for each pool is the least there must be room for beside the agents.
  const needed = mostInstances(pools, instanceCeiling) + pools.length;
  if (lowest === undefined || lowest.limit >= needed)
    return green('project-limits', `the project has room for ${needed} instances, which is the most there are`);
  return yellow('project-limits', {
    what: `the project takes ${lowest.limit} instances, and there may be ${needed}`,
    remedy: `call "setup" again, or raise ${lowest.key} of the project`,
  });
}

/** Whether what is there is of this installation. */
export function checkOwner({ devices, holdings, ownerId: owner }: ProjectFacts): Finding {
  if (devices === undefined) return grey('state-directory', 'there is no project');
  if (!owner.known) return grey('state-directory', owner.error);
  const ownerId = owner.value;
  const others = holdings.filter(holding => holding.ownerId !== ownerId && holding.agents + holding.bases > 0);
  const hasOwn = holdings.some(holding => holding.ownerId === ownerId);
  if (others.length === 0 || hasOwn)
    return green(
      'state-directory',
      ownerId === undefined ? 'no daemon has begun yet' : 'the instances are those of this state directory',
    );
  return yellow('state-directory', {
    what: `the project has instances of ${others.map(other => other.ownerId).join(', ')}, and none of this state directory`,
    remedy:
      'if the state directory was lost, take them back with "adopt"; another installation should have a project of its own',
  });
}

/** Whether copies cost nothing, and whether there is room. */
export function checkStorage({ devices, room, storage }: ProjectFacts): Finding[] {
  if (devices === undefined) return [grey('copy-on-write', 'there is no project')];
  if (rootDiskIn(devices) === undefined) return [grey('copy-on-write', 'the default profile has no root disk')];
  if (storage === undefined) return [grey('copy-on-write', 'Incus does not show its storage to this client')];
  const { copiesOnWrite, driver, pool } = storage;
  const copies = copiesOnWrite
    ? green('copy-on-write', `storage pool "${pool}" (${driver}) copies on write`)
    : yellow('copy-on-write', {
        what: `storage pool "${pool}" (${driver}) cannot copy on write: every instance is a whole copy of its base`,
        remedy: 'it works; one of btrfs, zfs or thin LVM makes them at once and without room',
      });
  if (room === undefined || room.totalBytes === 0)
    return [copies, grey('storage-room', 'Incus does not tell the room in its storage')];
  const part = room.usedBytes / room.totalBytes;
  const left = room.totalBytes - room.usedBytes;
  const what = `storage pool "${pool}" has ${formatGib(left)} left of ${formatGib(room.totalBytes)}`;
  const remedy = 'make it larger, or take out what does not belong to the agents: incus storage info';
  const isNearlyFull = part >= FULL.yellow || left < NO_ROOM_BYTES;
  const level = part >= FULL.red ? red : isNearlyFull ? yellow : undefined;
  return [copies, level === undefined ? green('storage-room', what) : level('storage-room', { what, remedy })];
}

/** What the host gives to all guests together. */
export function checkHost(host: HostFacts, { isolatedMaps }: ProjectFacts, pools: readonly PoolSpec[]): Finding[] {
  if (!host.isIncusHost)
    return [grey('host-limits', 'Incus is on another host: look there at its ids, inotify and firewall')];
  const most = mostInstances(pools, instanceCeiling);
  return [checkIds(isolatedMaps, most), checkInotify(host.inotify, most), checkMemory(host.memoryBytes, pools)];
}

function checkIds(maps: number, most: number): Finding {
  const why = isolationObstacle(maps, most);
  if (why === undefined) return green('user-ids', 'each guest gets user ids of its own');
  return yellow('user-ids', {
    what: `guests share one range of user ids: ${why}`,
    remedy: 'give root a larger range in /etc/subuid and /etc/subgid, 65536 for each instance, and restart Incus',
  });
}

function checkInotify(limit: number, most: number): Finding {
  const needed = most * INOTIFY_PER_GUEST;
  if (Number.isNaN(limit)) return grey('inotify', 'the host does not tell how many inotify instances it allows');
  if (limit >= needed) return green('inotify', `the host allows ${limit} inotify instances, and guests need ${needed}`);
  return red('inotify', {
    what: `fs.inotify.max_user_instances is ${limit}, and ${most} guests need ${needed}: the others die without a word`,
    remedy: 'raise it with: sysctl -w fs.inotify.max_user_instances=8192, and in /etc/sysctl.d, as "setup" does',
  });
}

function checkMemory(totalBytes: number, pools: readonly PoolSpec[]): Finding {
  const limits = pools.map(({ agentCount, instance }) => agentCount * (instance.memoryBytes ?? 0));
  const sum = limits.reduce((all, one) => all + one, 0);
  const isOpen = pools.some(({ instance }) => instance.memoryBytes === undefined);
  if (sum > totalBytes)
    return yellow('host-memory', {
      what: `agents may take ${formatGib(sum)} together, and the host has ${formatGib(totalBytes)}`,
      remedy: 'lower maxRamInGb or agentCount: a host without memory kills what it likes',
    });
  return green(
    'host-memory',
    isOpen
      ? 'not every pool limits the memory of its agents'
      : `agents may take ${formatGib(sum)} of ${formatGib(totalBytes)}`,
  );
}
