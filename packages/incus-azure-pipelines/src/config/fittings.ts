/** What guests get beside the default profile, as it is desired. */

import { isFolder } from '../model/device-rules.js';
import type { Device, Fittings } from '../model/fittings.js';
import { deviceOf, limitsOf } from './check-fittings.js';
import type { PoolSettings } from './pool-schema.js';

/** The fittings of a pool, by what Incus is to be told; nothing where nothing is asked for. */
export function fittingsOf(
  { devices, limits, networkName, profiles, storagePool, toolFolder }: PoolSettings,
  folders: ReadonlyMap<string, string>,
): { readonly fittings?: Fittings } {
  const fittings: Fittings = {
    ...(profiles === undefined || profiles.length === 0 ? {} : { profiles }),
    ...(devices === undefined ? {} : { devices: given(devices, folders) }),
    ...(networkName === undefined ? {} : { network: networkName }),
    ...(storagePool === undefined ? {} : { storagePool }),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
    ...(toolFolder === undefined ? {} : { toolFolder }),
  };
  return Object.keys(fittings).length === 0 ? {} : { fittings };
}

/** The variable by which tasks find the folder of tools. */
export function toolVariable({ toolFolder }: PoolSettings): Readonly<Record<string, string>> {
  return toolFolder === undefined ? {} : { AGENT_TOOLSDIRECTORY: toolFolder };
}

/** In the order of their names: Incus keeps none, and the same devices are to be the same shape. */
function given(
  devices: NonNullable<PoolSettings['devices']>,
  folders: ReadonlyMap<string, string>,
): Readonly<Record<string, Device>> {
  const sorted = Object.entries(devices).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, settings]) => {
      const device = deviceOf(settings);
      if (!isFolder(device)) return [name, device];
      const { source = '' } = device;
      return [name, { ...device, source: folders.get(source) ?? source, readonly: 'true' }];
    }),
  );
}
