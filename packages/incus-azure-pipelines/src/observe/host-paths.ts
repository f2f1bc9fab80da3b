import type { IncusClient } from 'incus-client';
import { type Asked, type HostPaths, hostPathsOf, type SeenProfile } from '../model/host-paths.js';
import type { PoolSpec } from '../model/pool.js';

/** What the guests of one pool get to see. */
export type PoolHostPaths = HostPaths & { readonly pool: string };

/**
 * Asks Incus what guests get to see of this host, by the default profile, by those of their pools and by the devices of these.
 * What Incus does not show is told so. Source: `GET /1.0/profiles/{name}`, `GET /1.0/resources`.
 *
 * @throws the reason of an abort.
 */
export async function readHostPaths(
  { profiles, server }: Pick<IncusClient, 'profiles' | 'server'>,
  pools: readonly Pick<PoolSpec, 'name' | 'fittings'>[],
  signal: AbortSignal,
): Promise<readonly PoolHostPaths[]> {
  const namesOf = (fittings: PoolSpec['fittings']) => ['default', ...(fittings?.profiles ?? [])];
  const names = [...new Set(pools.flatMap(({ fittings }) => namesOf(fittings)))];
  const found = new Map<string, Asked<SeenProfile>>();
  for (const name of names)
    found.set(
      name,
      await asked(
        profiles.get(name, { signal }).then(({ profile }) => profile),
        signal,
      ),
    );
  const cards = await asked(
    server.resources({ signal }).then(({ gpu }) => gpu.cards),
    signal,
  );
  return pools.map(({ fittings, name: pool }) => {
    const ofPool = namesOf(fittings).flatMap(name => {
      const profile = found.get(name);
      return profile === undefined ? [] : [[name, profile] as const];
    });
    return { pool, ...hostPathsOf(fittings, { profiles: new Map(ofPool), cards }) };
  });
}

async function asked<T>(call: Promise<T>, signal: AbortSignal): Promise<Asked<T>> {
  try {
    return { known: true, value: await call };
  } catch (error) {
    signal.throwIfAborted();
    return { known: false, error: error instanceof Error ? error.message : String(error) };
  }
}
