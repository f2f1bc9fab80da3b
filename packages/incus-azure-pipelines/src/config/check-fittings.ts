/** What a pool's guests are given beside the default profile. */

import { liesIn } from '../lib/mounts.js';
import { gibToBytes } from '../lib/units.js';
import { deviceFaults, isFolder } from '../model/device-rules.js';
import type { Device, KernelLimits } from '../model/fittings.js';
import { error, type Finding, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { PoolSettings } from './pool-schema.js';

/** Devices that every guest has already. */
const TAKEN: ReadonlySet<string> = new Set(['root', 'eth0']);

/** A device as it is written: what stands there as a number or a flag is text for Incus. */
export function deviceOf(settings: NonNullable<PoolSettings['devices']>[string]): Device {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
}

/** The limits in the units of the kernel. */
export function limitsOf({ memlock, nofile }: NonNullable<PoolSettings['limits']>): KernelLimits {
  return {
    ...(nofile === undefined ? {} : { nofile }),
    ...(memlock === undefined ? {} : { memlock: memlock === 'unlimited' ? memlock : gibToBytes(memlock) }),
  };
}

/** Checks devices, profiles and folders of a pool against what guests may have and against each other. */
export function checkFittings(pool: PoolEntry): readonly Finding[] {
  return [...checkDevices(pool), ...checkProfiles(pool), ...checkToolFolder(pool)];
}

function checkDevices(pool: PoolEntry): readonly Finding[] {
  const { devices = {}, toolFolder, workFolder } = pool.settings;
  const findings: Finding[] = [];
  const paths = new Map<string, string>();
  for (const [name, settings] of Object.entries(devices)) {
    const device = deviceOf(settings);
    const at = (key?: string) => pool.path('devices', name, ...(key === undefined ? [] : [key]));
    if (TAKEN.has(name))
      findings.push(error(at(), 'every guest has a device of that name', 'take another name', 'key'));
    for (const { key, problem, remedy } of deviceFaults(device)) findings.push(error(at(key), problem, remedy));
    const { path } = device;
    if (path === undefined) continue;
    const meets = (taken: string) => liesIn(path, taken) || liesIn(taken, path);
    const other = [...paths].find(([taken]) => meets(taken));
    if (other !== undefined)
      findings.push(error(at('path'), `${path} is in the way of device "${other[1]}"`, 'take a path of its own'));
    if (workFolder?.startsWith('/') && meets(workFolder))
      findings.push(error(at('path'), `${path} is in the way of workFolder`, 'take a path of its own'));
    if (toolFolder !== undefined && meets(toolFolder))
      findings.push(
        error(
          at('path'),
          `${path} is in the way of toolFolder`,
          `take a path of its own, or delete toolFolder and name the disk in env: {${TOOLS}: ${path}}`,
        ),
      );
    paths.set(path, name);
    if (device.type === 'disk' && !isFolder(device) && (device.readonly ?? 'false') === 'false')
      findings.push(
        warning(
          at(),
          'jobs share what they write there, so that one can change what later ones use',
          'write readonly: true unless that is wanted',
        ),
      );
  }
  return findings;
}

function checkProfiles(pool: PoolEntry): readonly Finding[] {
  const { profiles = [] } = pool.settings;
  return profiles.flatMap((name, i) => {
    const at = pool.path('profiles', i);
    if (name === 'default') return [error(at, 'every guest has the default profile', 'delete it')];
    return profiles.indexOf(name) < i ? [error(at, `"${name}" stands there already`, 'delete it')] : [];
  });
}

/** Of the variable that this folder becomes. */
const TOOLS = 'AGENT_TOOLSDIRECTORY';

function checkToolFolder(pool: PoolEntry): readonly Finding[] {
  const { env = {}, toolFolder } = pool.settings;
  if (toolFolder === undefined || !Object.hasOwn(env, TOOLS)) return [];
  return [
    error(
      pool.path('env', TOOLS),
      'stands beside toolFolder, which sets this variable',
      'delete one of the two',
      'key',
    ),
  ];
}
