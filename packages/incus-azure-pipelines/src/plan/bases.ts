import type { Action } from '../model/action.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';

/** The base to copy: the one the configuration asks for; until that is ready, the newest that was built for the pool. */
export function currentBase(spec: PoolSpec, observed: Observed): string | undefined {
  const ready = (knownValue(observed.bases) ?? []).filter(base => base.ready);
  const wanted = knownValue(observed.wantedBases.get(spec.name));
  if (wanted !== undefined && ready.some(base => base.name === wanted)) return wanted;
  const own = ready.filter(base => base.pool === spec.name).sort((a, b) => b.createdAt - a.createdAt);
  return own[0]?.name;
}

/** Builds what is wanted and not there; removes what a build that died has left. */
export function* planBases(desired: readonly PoolSpec[], observed: Observed): Generator<Action> {
  if (!observed.bases.known) return;
  const wanted = new Set<string>();
  for (const spec of desired) {
    const base = knownValue(observed.wantedBases.get(spec.name));
    if (base === undefined || wanted.has(base)) continue;
    wanted.add(base);
    const there = observed.bases.value.find(record => record.name === base);
    if (!there?.ready) yield { kind: 'build-base', pool: spec.name, base, reason: there ? 'half-made' : 'not there' };
  }
  for (const record of observed.bases.value)
    if (!record.ready && !wanted.has(record.name))
      yield { kind: 'delete-base', pool: record.pool, base: record.name, reason: 'half-made and not wanted' };
}

/** Why a pool has no base to copy, in words; undefined when it has one. */
export function baseObstacle(spec: PoolSpec, observed: Observed): string | undefined {
  if (currentBase(spec, observed) !== undefined) return undefined;
  const wanted = observed.wantedBases.get(spec.name);
  if (wanted?.known === false) return `the base cannot be named yet: ${wanted.error}`;
  const base = knownValue(wanted);
  const failure = base === undefined ? undefined : observed.failures.get(`build-base/${base}`);
  if (failure !== undefined) return `the base could not be built: ${failure.error}`;
  const building = observed.inFlight.some(action => action.kind === 'build-base' && action.base === base);
  return building ? 'the base is being built' : 'the base is not built yet';
}
