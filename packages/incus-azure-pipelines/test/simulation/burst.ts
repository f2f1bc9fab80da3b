import { type PoolSpec, scales } from '../../src/model/pool.js';
import { isBroken, isTrying } from './base-promises.js';
import { capabilitiesOf } from './demands.js';
import type { Keeper } from './keeper.js';
import { comeToPeace } from './peace.js';
import { promised } from './promises.js';
import { chosen } from './random.js';
import type { World } from './world.js';

/** The queue is read, instances are made and boot, few at a time, and register: the slowest that is no fault. */
const STEP_MS = 180_000;
const LOOK_MS = 5_000;
/** So long after a reading an agent is on its way for all that waits. */
const SEEN_MS = 2_000;
const OUTAGE_MS = 60_000;

/**
 * Jobs that come all at once to a pool that rests: as many as it has room for. None waits for longer than it takes to make an
 * agent, no more agents are made than it takes, and in the end the pool is what it was. @throws BrokenPromise.
 */
export function burst(world: World, keepers: readonly Keeper[]): void {
  const spec = world.desired.find(one => scales(one) && mayBurst(one, world));
  // The calm of half of the worlds is enough: it takes minutes of theirs.
  if (spec === undefined || chosen(world.scenario.seed, 'burst', 2) === 0) return;
  const { azure, guests, random, timeline } = world;
  const key = world.keyOf(spec.name);
  const jobs = random.between(1, spec.agentCount);
  const own = () => [...guests.values()].filter(({ capabilities }) => capabilities.pool === spec.name).length;
  const before = own();
  const startAt = timeline.now;
  for (let job = 0; job < jobs; job++)
    azure.enqueue(key, isAlone(spec, world) && random.chance(0.5) ? [] : [`pool -equals ${spec.name}`]);
  const waiting = () => azure.queued(key, capabilitiesOf(spec.name));
  while (waiting() > 0 && timeline.now < startAt + STEP_MS) timeline.runUntil(timeline.now + LOOK_MS);
  const found = () => `${spec.name}: ${spec.agentCount}, standby ${spec.standby}; ${waiting()} of ${jobs} wait`;
  promised(waiting() === 0, 'no job waits for longer than a step while there is room', found);
  comeToPeace(world, keepers, 0);
  const made = own() - before;
  promised(made <= jobs + spec.standby + 1, 'a burst makes no more agents than it takes', () => `${made}, ${found()}`);
  withdraw(spec, world, keepers);
}

/**
 * The same jobs, which nobody wants any more when agents are on their way for them, and just then the queue cannot be read: who is
 * idle stays, until it is known that nothing waits.
 */
function withdraw(spec: PoolSpec, world: World, keepers: readonly Keeper[]): void {
  const { azure, timeline } = world;
  const key = world.keyOf(spec.name);
  for (let job = 0; job < spec.agentCount; job++) azure.enqueue(key, []);
  timeline.runUntil(timeline.now + world.scenario.azurePollMs + SEEN_MS);
  while (azure.queued(key, capabilitiesOf(spec.name)) > 0) azure.cancelQueued(key);
  azure.queueUnreadUntil = timeline.now + OUTAGE_MS;
  timeline.runUntil(azure.queueUnreadUntil);
  comeToPeace(world, keepers, 0);
}

/** The pool is in the file, and has a base that works. */
function mayBurst(spec: PoolSpec, world: World): boolean {
  return !world.removed.has(spec.name) && !isTrying(spec, world) && !isBroken(spec, world);
}

/** It has its agent pool for itself; else what is queued has to say which one it wants. */
function isAlone({ name }: PoolSpec, world: World): boolean {
  return world.desired.every(other => other.name === name || world.keyOf(other.name) !== world.keyOf(name));
}
