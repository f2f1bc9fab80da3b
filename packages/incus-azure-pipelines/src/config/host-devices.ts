/** Looks whether the devices of this host that guests are to have are there. */
import { lstat } from 'node:fs/promises';
import { deviceFaults } from '../model/device-rules.js';
import { deviceOf } from './check-fittings.js';
import { type Finding, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

/**
 * Tells of each character device that a pool names and this host does not have. It may come yet, with a module of the kernel:
 * so nothing is refused.
 */
export async function lookAtDevices(pools: readonly PoolEntry[]): Promise<readonly Finding[]> {
  const named = pools.flatMap(pool =>
    Object.entries(pool.settings.devices ?? {}).flatMap(([name, settings]) => {
      const device = deviceOf(settings);
      const isNamed = device.type === 'unix-char' && deviceFaults(device).length === 0;
      return isNamed ? [{ key: pool.path('devices', name, 'source'), source: device.source ?? '' }] : [];
    }),
  );
  const found = await Promise.all(
    named.map(async ({ key, source }) => {
      const isThere = (await lstat(source).catch(() => undefined))?.isCharacterDevice();
      const problem = `this host has no device ${source}, and makes no instance without it`;
      return isThere
        ? []
        : [warning(key, problem, 'load the module of the kernel that brings it, or delete the device')];
    }),
  );
  return found.flat();
}
