/** What throw-away guests are made from. */
import type { IncusClient } from 'incus-client';
import type { PoolSpec } from '../model/pool.js';
import { profileDevices } from '../observe/fitness.js';
import type { ProjectFacts } from './facts.js';
import type { GuestSource } from './throw-away-guest.js';

/**
 * Each base that a pool uses, and for pools without one an image in this Incus; of pools that share one, the limits of the first are
 * taken. Empty where there is neither.
 */
export async function guestSources(
  incus: IncusClient,
  pools: readonly PoolSpec[],
  { bases, devices }: Pick<ProjectFacts, 'bases' | 'devices'>,
  signal: AbortSignal,
): Promise<readonly GuestSource[]> {
  const sources = new Map<string, GuestSource>();
  const profile = profileDevices(devices ?? {});
  for (const spec of pools) {
    const base = bases.find(one => one.pools.includes(spec.name));
    const made = base === undefined ? await imageOf(incus, spec, signal) : fromBase(base);
    if (made === undefined) continue;
    const same = sources.get(made.from);
    sources.set(
      made.from,
      same ? { ...same, pools: [...same.pools, spec] } : { ...made, spec, pools: [spec], profile },
    );
  }
  return [...sources.values()];
}

/** The same, apart for each pool whose limits are others: those that are made from a base, as agents are. */
export function agentSources(sources: readonly GuestSource[]): readonly GuestSource[] {
  const apart = new Map<string, GuestSource>();
  for (const source of sources.filter(one => one.source.type === 'copy'))
    for (const spec of source.pools) {
      const key = `${source.from} ${JSON.stringify([spec.instance, spec.fittings])}`;
      apart.set(key, {
        ...source,
        spec: apart.get(key)?.spec ?? spec,
        pools: [...(apart.get(key)?.pools ?? []), spec],
      });
    }
  return [...apart.values()];
}

type Made = Pick<GuestSource, 'source' | 'from' | 'docker'>;

function fromBase({ docker, name }: ProjectFacts['bases'][number]): Made {
  return { source: { type: 'copy', source: name, instance_only: true }, from: `base ${name}`, docker };
}

/** No image is fetched for it: that may take long, and it would stay. */
async function imageOf(incus: IncusClient, { base }: PoolSpec, signal: AbortSignal): Promise<Made | undefined> {
  const { alias, kind } = base.image;
  const isHere = kind === 'any' || kind === 'local';
  const fingerprint = isHere ? await incus.images.resolveAlias(alias, { signal }) : undefined;
  if (fingerprint === undefined) return undefined;
  return { source: { type: 'image', fingerprint }, from: `image "${alias}"`, docker: false };
}
