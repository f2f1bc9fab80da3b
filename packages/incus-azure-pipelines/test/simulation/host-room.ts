/** Worlds in which some of the host's memory is to stay free, and in which others take it now and then. */

import type { Agent } from '../../src/model/agent.js';
import { birthOf } from '../../src/model/agent-name.js';
import type { HostReserve, HostRoom } from '../../src/model/host-room.js';
import type { Observed } from '../../src/model/observed.js';
import type { PoolSpec } from '../../src/model/pool.js';
import { knownValue } from '../../src/model/reading.js';
import type { Process } from './process.js';
import { type Decision, promised } from './promises.js';
import { chosen } from './random.js';
import type { World } from './world.js';

const GIB = 2 ** 30;
const RESERVE_BYTES = 2 * GIB;
/** Far more than all instances take. */
const MEMORY_BYTES = 64 * GIB;
/** Others leave so little, every other half of a minute of a storm; where no storm was asked for, nobody else is on the host. */
const SCANT_BYTES = 3.5 * GIB;
const HALF_MS = 30_000;
/** How new a reading has to be that something is created on, and how long it lacks what was created before it. */
const NEW_MS = 15_000;
const UNSEEN_MS = 30_000;

/** What of the host stays free in the world of a seed. */
export function reserveOf(seed: number): HostReserve | undefined {
  return chosen(seed, 'reserve of the host', 5) === 0 ? { memoryBytes: RESERVE_BYTES } : undefined;
}

/** What a reading of the host finds that begins now. */
function roomIn(world: World, at: number): HostRoom {
  if (world.happens('incusUnread')) return { at, error: 'unread' };
  const taken = world.incus.instances.size * GIB;
  const hasStorm = world.isStorm && world.scenario.stormMs > 0;
  const isScant = hasStorm && Math.floor(world.timeline.now / HALF_MS) % 2 === 1;
  return { at, memoryBytes: Math.max(0, (isScant ? SCANT_BYTES : MEMORY_BYTES) - taken) };
}

/** Instances of ours that a reading does not show yet, those that are being created included. */
export function unseenBy(
  { at }: HostRoom,
  { agents, inFlight, owner }: Pick<Observed, 'agents' | 'inFlight' | 'owner'>,
): ReadonlyMap<string, string> {
  const isYoung = ({ instance, name }: Agent) =>
    instance !== undefined && Math.abs((birthOf(name, owner) ?? 0) - at) < UNSEEN_MS;
  const young = (knownValue(agents) ?? []).filter(isYoung);
  const coming = inFlight.flatMap(action => (action.kind === 'create-instance' ? [action] : []));
  return new Map([...young, ...coming].map(({ name, pool }) => [name, pool]));
}

/** Nothing is created that the latest reading has no room for beside the reserve. @throws BrokenPromise. */
export function checkRoom(decision: Decision): void {
  const { now, observed, options, plan } = decision;
  const { hostRoom } = observed;
  const kept = options.hostReserve?.memoryBytes;
  const isMaking = plan.actions.some(({ kind }) => kind === 'create-instance' || kind === 'build-base');
  if (kept === undefined || !isMaking) return;
  promised(
    hostRoom !== undefined && now - hostRoom.at < NEW_MS,
    'nothing is created before the host was looked at',
    () => `looked at ${hostRoom === undefined ? 'never' : `${now - hostRoom.at} ms ago`}`,
  );
  if (hostRoom === undefined) return;
  const left = leftOf(hostRoom, decision);
  promised(left >= kept, 'nothing is created below the reserve of the host', () => `${left} left`);
}

/** Whether an instance more of the pool could be made, as far as the host is concerned. */
export function hasRoomFor({ name }: PoolSpec, decision: Decision): boolean {
  const { desired, now, observed, options } = decision;
  const kept = options.hostReserve?.memoryBytes;
  if (kept === undefined) return true;
  if (observed.hostRoom === undefined || now - observed.hostRoom.at >= NEW_MS) return false;
  return leftOf(observed.hostRoom, decision) - sizeIn(name, desired) >= kept;
}

/** What is left of a reading when all that it does not show has been taken; of an unknown one without end. */
function leftOf(hostRoom: HostRoom, { desired, observed, plan }: Decision): number {
  const underWay = [...observed.inFlight, ...plan.actions];
  const unseen = unseenBy(hostRoom, { ...observed, inFlight: underWay });
  const builds = underWay.filter(({ kind }) => kind === 'build-base').length;
  const taken = [...unseen.values()].reduce((sum, pool) => sum + sizeIn(pool, desired), builds * GIB);
  return (hostRoom.memoryBytes ?? Number.POSITIVE_INFINITY) - taken;
}

function sizeIn(pool: string, desired: readonly PoolSpec[]): number {
  return desired.find(({ name }) => name === pool)?.instance.memoryBytes ?? GIB;
}

/** Looks at the host when a plan asks for it, which takes a moment. */
export class RoomReader {
  readonly #process: Process;
  readonly #onRead: () => void;
  #isReading = false;
  /** The latest reading. */
  room: HostRoom | undefined;

  constructor(process: Process, onRead: () => void) {
    this.#process = process;
    this.#onRead = onRead;
  }

  read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const { world, now } = this.#process;
    const room = roomIn(world, now);
    this.#process.wait('a reading of the host', world.random.between(5, 50), () => {
      this.#isReading = false;
      this.room = room;
      this.#onRead();
    });
  }
}
