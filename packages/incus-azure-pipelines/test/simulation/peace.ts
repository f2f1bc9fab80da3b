import { targetOf } from '../../src/model/action.js';
import { type Registration, takenBy } from '../../src/model/agent.js';
import { birthOf } from '../../src/model/agent-name.js';
import { CONTRACT } from '../../src/model/marks.js';
import type { PoolSpec } from '../../src/model/pool.js';
import { shapeOf } from '../../src/model/shape.js';
import { checkBasesLeft, checkTryingPool, isBroken, isTrying } from './base-promises.js';
import { capabilitiesOf } from './demands.js';
import type { Guest } from './guest.js';
import type { Keeper } from './keeper.js';
import { checkPlaceholdersLeft } from './placeholders.js';
import { BrokenPromise, promised } from './promises.js';
import { standbyNow } from './standby-hours.js';
import type { World } from './world.js';

/** So long after the storm all has come right. */
const CALM_MS = 600_000;
/** And it stays so. */
const LASTING_MS = 120_000;
const LOOK_MS = 20_000;
/** Nothing has been done for so long. */
const QUIET_MS = 60_000;

/**
 * Lets time pass until all has come right, and then some more, in which it has to stay right. Gives back how long it
 * took, in ms. @throws BrokenPromise when it has not come right within its bound.
 */
export function comeToPeace(world: World, keepers: readonly Keeper[], lastingMs = LASTING_MS): number {
  const { timeline } = world;
  const startAt = timeline.now;
  do timeline.runUntil(timeline.now + LOOK_MS);
  while (timeline.now < startAt + CALM_MS && !(isAtItsEnd(world) && isPeace(world, keepers)));
  const ms = timeline.now - startAt;
  timeline.runUntil(timeline.now + lastingMs);
  checkPeace(world, keepers);
  return ms;
}

/**
 * While another standby is in force, what there is may be right just for a moment: idle agents have their time before they go.
 * So it may be while a base that works has still to be tried, which waits after failures. Where nobody is wanted, no base is
 * but beside one that is known to work.
 */
function isAtItsEnd(world: World): boolean {
  const { desired, incus, removed, timeline, wantedBase } = world;
  const hasBase = (spec: PoolSpec) =>
    removed.has(spec.name) ||
    (spec.standby === 0 && (spec.agentCount === 0 || !isTrying(spec, world))) ||
    isBroken(spec, world) ||
    incus.bases.get(wantedBase.get(spec.name) ?? '')?.provenFor.includes(spec.name) === true;
  return desired.every(spec => standbyNow(spec, timeline.now) === spec.standby && hasBase(spec));
}

function isPeace(world: World, keepers: readonly Keeper[]): boolean {
  try {
    checkPeace(world, keepers);
    return true;
  } catch (error) {
    if (error instanceof BrokenPromise) return false;
    throw error;
  }
}

/** Exactly what was asked for, and nothing else. */
function checkPeace(world: World, keepers: readonly Keeper[]): void {
  const { now } = world.timeline;
  // A base that does not work is tried again and again: each time an agent more may just have gone.
  const inFile = world.desired.filter(spec => !world.removed.has(spec.name));
  const trying = inFile.filter(spec => isTrying(spec, world) && isBroken(spec, world)).map(({ name }) => name);
  // By pool, in true time.
  const isQuiet = ([pool, lastActionAt]: [string, number]) => trying.includes(pool) || now - lastActionAt > QUIET_MS;
  for (const { daemon } of keepers)
    promised(daemon !== undefined && [...daemon.lastActionAt].every(isQuiet), 'in the end nothing is left to do', () =>
      (daemon?.inFlight ?? []).map(action => `${action.kind} ${targetOf(action)}`).join(', '),
    );
  const picture = () =>
    keepers
      .flatMap(({ daemon }) => daemon?.agents ?? [])
      .map(agent => `${agent.name} ${agent.phase} ${agent.instance?.status}`)
      .join(', ') || 'nothing';
  for (const spec of world.desired) {
    if (world.removed.has(spec.name)) {
      checkRemoved(spec, world, picture);
      continue;
    }
    const wanted = world.wantedBase.get(spec.name) ?? '';
    promised(world.incus.bases.get(wanted)?.ready === true, 'in the end the wanted base is there', () => wanted);
    const own = world.instancesOf(spec.name);
    const online = own.filter(({ name }) => {
      const guest = world.guests.get(name);
      if (!guest?.listens() || world.holdsJob(guest)) return false;
      return guest.jobs === 0 || isForgotten(registrationOf(guest, world), world);
    });
    const idle = online.filter(({ name }) => world.isEnabled(name));
    const listening = world.scenario.hostRegisters && spec.reserveListening ? spec.reserve : 0;
    const all = `${spec.name}: agentCount ${spec.agentCount}, standby ${spec.standby}, reserve ${spec.reserve}; ${picture()}`;
    if (isTrying(spec, world)) {
      checkTryingPool(spec, world, idle.length, () => all);
      continue;
    }
    promised(idle.length === spec.standby, 'in the end all agents are idle', () => all);
    promised(own.length === spec.standby + spec.reserve, 'in the end the reserve stands and nothing more', () => all);
    promised(online.length - idle.length === listening, 'in the end the reserve listens where it is to', () => all);
    const waiting = own.filter(({ activatedAt }) => activatedAt === undefined);
    promised(
      waiting.every(({ shape, contract }) => shape === shapeOf(spec) && contract === CONTRACT),
      'in the end all that is prepared is of the wanted shape',
      () => all,
    );
    promised(
      own.every(({ base }) => base === wanted),
      'in the end all are of the wanted base',
      () => all,
    );
  }
  for (const key of world.keys) {
    if (!isRead(key, world)) continue;
    const names = world.azure.all(key).flatMap(one => (isHeld(one, world) ? [] : [one.name]));
    const orphans = names.filter(name => isOurs(name, world) && !world.incus.instances.has(name));
    promised(orphans.length <= trying.length, 'in the end no registration is an orphan', () => orphans.join(', '));
    const open = world.desired.filter(
      spec => spec.agentCount > 0 && world.keyOf(spec.name) === key && !world.removed.has(spec.name),
    );
    promised(
      open.every(({ name }) => world.azure.queued(key, capabilitiesOf(name)) === 0),
      'in the end every job has run that some pool can run',
      picture,
    );
  }
  checkBasesLeft(world);
  checkPlaceholdersLeft(world);
}

/** Of a removed pool nothing is left, but for agents whose agent pool nobody reads: they end by themselves. */
function checkRemoved({ name }: PoolSpec, world: World, picture: () => string): void {
  const left = [...world.incus.instances.values()].filter(({ pool }) => pool === name);
  const mayStay = left.filter(
    instance => instance.activatedAt !== undefined && !isRead(world.guests.get(instance.name)?.key ?? '', world),
  );
  promised(left.length === mayStay.length, 'in the end a removed pool has left nothing', picture);
}

/** Whether a pool that is in the file reads the agent pool. */
function isRead(key: string, world: World): boolean {
  return world.desired.some(({ name }) => !world.removed.has(name) && world.keyOf(name) === key);
}

/** Somebody is online with the key of an agent that is disabled: it can do no harm, and might as well be at work on another host. */
function isHeld(registration: Registration, world: World): boolean {
  return !registration.enabled && isForgotten(registration, world);
}

/**
 * Somebody is online with the key of an agent of which nothing in Azure tells any more that it had a job: of the last one that it
 * was given, and did not take, alone. While it is enabled nothing tells it from an idle one, before it is given another.
 */
function isForgotten(registration: Registration | undefined, { guests }: World): boolean {
  if (registration === undefined) return false;
  return guests.get(registration.name)?.robbed === true && takenBy(registration) === undefined;
}

function registrationOf({ agentId, key }: Guest, { azure }: World): Registration | undefined {
  return agentId === undefined ? undefined : azure.find(key, agentId);
}

function isOurs(name: string, { owners }: World): boolean {
  return owners.some(owner => birthOf(name, owner) !== undefined);
}
