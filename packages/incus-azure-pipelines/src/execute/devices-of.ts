import type { DeviceMap, StringMap } from 'incus-client';
import type { Fittings, ProfileDevices } from '../model/fittings.js';
import type { PoolSpec } from '../model/pool.js';

/** The devices of an instance of a pool: those of the default profile as far as they differ, and its own. */
export function devicesOf({ fittings, instance }: PoolSpec, profile: ProfileDevices): DeviceMap {
  const { diskSizeBytes: size } = instance;
  const place = placeOf(fittings, profile);
  // A root disk of its own only where it differs: on btrfs one quota slows every deletion of the storage pool.
  const root = size === undefined ? {} : { root: { ...(place.root ?? profile.rootDisk), size: `${size}B` } };
  return { ...place, ...root, ...fittings?.devices };
}

/** Where an instance lies and which network it is on, where that is not as the default profile has it; a base as well. */
export function placeOf({ network, storagePool }: Fittings = {}, { nic, rootDisk }: ProfileDevices): DeviceMap {
  return {
    ...(storagePool === undefined ? {} : { root: { ...rootDisk, pool: storagePool } }),
    ...(network === undefined ? {} : { [nic.name]: onNetwork(nic.device, network) }),
  };
}

/** The profiles of an instance, where there are more than the default one. */
export function profilesOf({ fittings }: PoolSpec): { readonly profiles?: readonly string[] } {
  return fittings?.profiles === undefined ? {} : { profiles: ['default', ...fittings.profiles] };
}

/** What keeps guests apart on the one network keeps them apart on the other. */
function onNetwork(device: StringMap, network: string): StringMap {
  const kept = Object.entries(device).filter(([key]) => key !== 'nictype' && key !== 'parent');
  return { ...Object.fromEntries(kept), network };
}
