/** User ids in the simulated world: each instance gets its own, but for those that Incus gives to two. */
import type { Agent } from '../../src/model/agent.js';
import { knownValue } from '../../src/model/observed.js';
import { SHARES_IDS } from '../../src/plan/own-ids.js';
import type { Instance } from './incus-world.js';
import { type Decision, promised } from './promises.js';
import type { World } from './world.js';

/** The ids of a new instance: fresh ones, or by a fault those of somebody else whom its daemon can see. */
export function idsOfNew(name: string, pool: string, world: World): Instance['idsFrom'] {
  const { chronicle, incus, random } = world;
  if (!world.happens('idsShared')) return incus.freshIds();
  const isSeen = ([, other]: readonly [string, { pool: string }]) => world.ownerOf(other.pool) === world.ownerOf(pool);
  const twin = random.pick([...incus.instances, ...incus.bases].filter(isSeen));
  if (twin === undefined) return incus.freshIds();
  const [twinName, { idsFrom }] = twin;
  const phase = world.phaseOf(twinName);
  chronicle.strike('user ids shared', phase ? [phase] : [], `${name} with ${twinName}`);
  world.sharers.add(name);
  return idsFrom === undefined || idsFrom === 'not yet' ? incus.freshIds() : idsFrom;
}

/** In truth nobody who was told to be an agent has the ids of another one, or of a base that is being built. */
export function checkIds({ guests, incus }: World): void {
  const holders = new Map<unknown, string>();
  for (const [name, { idsFrom, ready }] of incus.bases) if (!ready) holders.set(idsFrom, name);
  for (const { idsFrom, name } of incus.instances.values()) {
    if (guests.get(name)?.isTold !== true || !incus.isAlive(name)) continue;
    const holder = holders.get(idsFrom);
    promised(holder === undefined, 'in truth no two agents share user ids', () => `${name} and ${holder}`);
    holders.set(idsFrom, name);
  }
}

/** Whoever goes for its ids leaves somebody who has them, and is no agent. */
export function checkSharers({ observed, plan }: Decision, agents: readonly Agent[]): void {
  const going = new Set(plan.actions.flatMap(a => ('name' in a && a.reason.startsWith(SHARES_IDS) ? [a.name] : [])));
  if (going.size === 0) return;
  const staying = new Set<unknown>(
    agents.flatMap(({ instance, name }) => (going.has(name) ? [] : [instance?.idsFrom])),
  );
  for (const base of knownValue(observed.bases) ?? []) staying.add(base.idsFrom);
  for (const { instance, name } of agents) {
    if (!going.has(name)) continue;
    promised(instance?.activatedAt === undefined, 'no agent goes for its user ids', () => name);
    promised(staying.has(instance?.idsFrom), 'of those that share user ids one stays', () => name);
  }
}
