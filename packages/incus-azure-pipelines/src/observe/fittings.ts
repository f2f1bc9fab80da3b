/** Whether Incus has what pools ask for by name. */
import { type IncusClient, ignoreNotFound } from 'incus-client';
import type { Obstacle } from '../lib/obstacle.js';
import { profileFault } from '../model/device-rules.js';
import type { PoolSpec } from '../model/pool.js';
import type { StorageFacts } from '../model/storage.js';
import { readStorage } from './storage.js';

type Fitted = Pick<PoolSpec, 'name' | 'fittings'>;

/** Why a pool's guests cannot have what it asks for; undefined where they can. @throws IncusError when nothing answers. */
export async function fittingsObstacle(
  client: IncusClient,
  { name, fittings = {} }: Fitted,
  signal: AbortSignal,
): Promise<Obstacle | undefined> {
  for (const profile of fittings.profiles ?? []) {
    const found = await ignoreNotFound(client.profiles.get(profile, { signal }));
    const what = `pool "${name}" asks for profile "${profile}"`;
    if (found === undefined)
      return {
        what: `${what}, and Incus project "${client.project}" has none of that name`,
        remedy: `make it with: incus profile create ${profile} --project ${client.project}; or correct profiles`,
      };
    const fault = profileFault({ ...found.profile, name: profile });
    if (fault !== undefined)
      return {
        what: `${what}: ${fault}`,
        remedy: `change it with: incus profile edit ${profile} --project ${client.project}`,
      };
  }
  return undefined;
}

/** Networks and storage pools that pools name and Incus has not; asked of one who sees all of them. @throws IncusError. */
export async function missingPlaces(
  { server }: Pick<IncusClient, 'server'>,
  pools: readonly Fitted[],
  signal: AbortSignal,
): Promise<readonly Obstacle[]> {
  const has = { network: new Set<string>(), 'storage pool': new Set<string>() };
  if (pools.every(({ fittings }) => fittings?.network === undefined && fittings?.storagePool === undefined)) return [];
  for (const { managed, name } of await server.networks.list({ signal })) if (managed) has.network.add(name);
  for (const { name } of await server.storagePools.list({ signal })) has['storage pool'].add(name);
  return pools.flatMap(({ name, fittings }) => {
    const asked = [
      ['network', 'networkName', fittings?.network],
      ['storage pool', 'storagePool', fittings?.storagePool],
    ] as const;
    return asked.flatMap(([kind, key, wanted]) =>
      wanted === undefined || has[kind].has(wanted)
        ? []
        : [
            {
              what: `pool "${name}" asks for ${kind} "${wanted}", and Incus has none of that name`,
              remedy: `there are ${[...has[kind]].join(', ') || 'none'}; correct ${key}, or make it`,
            },
          ],
    );
  });
}

/** The storage pools that pools name, as far as Incus shows them to this client. */
export async function namedStorages(
  client: Pick<IncusClient, 'server'>,
  pools: readonly Fitted[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StorageFacts>> {
  const names = new Set(pools.flatMap(({ fittings }) => fittings?.storagePool ?? []));
  const found = new Map<string, StorageFacts>();
  for (const pool of names) {
    const facts = await readStorage(client, { pool }, signal);
    if (facts !== undefined) found.set(pool, facts);
  }
  return found;
}
