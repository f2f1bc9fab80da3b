import type { Action } from '../model/action.js';
import type { BaseRecord } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { measuredCopy } from '../model/storage.js';
import { chooseBases } from './bases.js';

/** What bases need: what is wanted is built, what works is marked so, and what nobody needs is deleted. */
export function* keepBases(desired: readonly PoolSpec[], observed: Observed): Generator<Action> {
  if (!observed.bases.known || !observed.agents.known) return;
  const bases = observed.bases.value;
  yield* buildWanted(desired, bases, observed);
  const names = new Set(desired.map(spec => spec.name));
  for (const base of bases) yield* prove(base, names, observed);
  const needed = neededBases(desired, observed);
  for (const { name, pool, ready } of bases)
    if (needed !== undefined && !needed.has(name))
      yield {
        kind: 'delete-base',
        pool,
        base: name,
        reason: ready ? 'no pool needs it any more' : 'half-made and not wanted',
      };
}

/** Each wanted base that is not ready is built, once for all pools that want it. */
function* buildWanted(
  desired: readonly PoolSpec[],
  bases: readonly BaseRecord[],
  observed: Observed,
): Generator<Action> {
  const seen = new Set<string>();
  for (const spec of desired) {
    const base = knownValue(observed.wantedBases.get(spec.name));
    if (base === undefined || seen.has(base)) continue;
    seen.add(base);
    const there = bases.find(record => record.name === base);
    if (!there?.ready) yield { kind: 'build-base', pool: spec.name, base, reason: there ? 'half-made' : 'not there' };
  }
}

/** The mark outlives the agent that was seen online, and this daemon. */
function* prove(
  { name, pool, provenFor, ready }: BaseRecord,
  configured: ReadonlySet<string>,
  observed: Observed,
): Generator<Action> {
  const online = (knownValue(observed.agents) ?? []).filter(
    agent => agent.life.seenOnline && agent.instance?.base === name && configured.has(agent.pool),
  );
  const pools = [...new Set([...provenFor, ...online.map(agent => agent.pool)])].sort();
  if (ready && pools.length > provenFor.length)
    yield { kind: 'prove-base', pool, base: name, provenFor: pools, reason: 'an agent of it was online' };
}

/**
 * The bases that are wanted, copied, tried or measured, or that an instance of ours was made from. Undefined while it is not known for
 * every pool what it wants: an old base may be the very one.
 */
function neededBases(desired: readonly PoolSpec[], observed: Observed): ReadonlySet<string> | undefined {
  const needed = new Set<string | undefined>();
  for (const spec of desired) {
    const wanted = observed.wantedBases.get(spec.name);
    if (!wanted?.known) return undefined;
    const { base, tried } = chooseBases(spec, observed);
    for (const name of [wanted.value, base?.name, tried?.name]) needed.add(name);
  }
  for (const agent of knownValue(observed.agents) ?? []) needed.add(agent.instance?.base);
  for (const action of observed.inFlight) {
    if (action.kind === 'create-instance') needed.add(action.base);
    if (action.kind === 'build-base') needed.add(measuredCopy(action.base));
  }
  return new Set([...needed].filter(name => name !== undefined));
}
