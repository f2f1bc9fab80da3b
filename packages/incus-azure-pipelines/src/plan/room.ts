import type { Agent } from '../model/agent.js';
import { birthOf } from '../model/agent-name.js';
import type { HostReserve, HostRoom } from '../model/host-room.js';
import type { Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { Alarm } from './alarm.js';
import { lacking, type Taken } from './lacking.js';

/** A reading of the host is good for so long. */
const ROOM_MS = 15_000;
/** So long after its birth an instance has not taken what it will: it counts as if it took all that it may. */
const SETTLING_MS = 30_000;
/** What an instance without a limit counts as, and so does one in which a base is built. */
const UNLIMITED_BYTES = 2 ** 30;

const BUILD: Taken = { memoryBytes: UNLIMITED_BYTES, diskBytes: UNLIMITED_BYTES, cores: 1 };

/**
 * The room that the host has for more instances beside its reserve, less what was just created and is not in the reading yet.
 * What is not known holds up nothing; what was not asked for, or long ago, is asked for first.
 */
export class Room {
  readonly #reserve: HostReserve | undefined;
  readonly #reading: HostRoom | undefined;
  readonly #alarm: Alarm;
  readonly #taken = { memoryBytes: 0, diskBytes: 0, cores: 0 };
  readonly #lacking = new Map<string, string>();
  #isAsked = false;

  constructor(
    reserve: HostReserve | undefined,
    desired: readonly PoolSpec[],
    agents: readonly Agent[],
    observed: Observed,
    alarm: Alarm,
  ) {
    this.#reserve = reserve;
    this.#reading = observed.hostRoom;
    this.#alarm = alarm;
    if (reserve === undefined || this.#reading === undefined) return;
    const specs = new Map(desired.map(spec => [spec.name, spec]));
    for (const taken of unsettled(specs, agents, observed, this.#reading.at)) this.#take(taken);
  }

  /** Whether some of the host is to stay free. */
  get isKept(): boolean {
    return this.#reserve !== undefined;
  }

  /** Whether the plan lacks a reading that is new enough. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** What holds back instances of a pool, in words; undefined where nothing does. */
  lackingFor(pool: string): string | undefined {
    return this.#lacking.get(pool);
  }

  /** Whether an instance of this pool may be made, without taking the room for it. */
  hasFor(spec: PoolSpec): boolean {
    return this.#has(spec.name, sizeOf(spec));
  }

  /** Takes the room for an instance of a pool, where there is some. */
  takeFor(spec: PoolSpec): boolean {
    const has = this.hasFor(spec);
    if (has) this.#take(sizeOf(spec));
    return has;
  }

  /** Takes the room for building a base, where there is some. */
  takeForBuild(pool: string): boolean {
    const has = this.#has(pool, BUILD);
    if (has) this.#take(BUILD);
    return has;
  }

  #has(pool: string, size: Taken): boolean {
    if (this.#reserve === undefined) return true;
    if (this.#reading !== undefined) {
      const what = lacking(this.#reserve, this.#reading, this.#taken, size);
      if (what === undefined) this.#lacking.delete(pool);
      else this.#lacking.set(pool, what);
      if (!this.#alarm.passed(this.#reading.at + ROOM_MS)) return what === undefined;
    }
    this.#isAsked = true;
    return false;
  }

  #take(size: Taken): void {
    this.#taken.memoryBytes += size.memoryBytes;
    this.#taken.diskBytes += size.diskBytes;
    this.#taken.cores += size.cores;
  }
}

function sizeOf({ instance: { diskSizeBytes, memoryBytes } }: PoolSpec): Taken {
  return { memoryBytes: memoryBytes ?? UNLIMITED_BYTES, diskBytes: diskSizeBytes ?? UNLIMITED_BYTES, cores: 1 };
}

/** What was begun too lately for the reading to show what it takes. A boot keeps a core busy, and later the load tells. */
function* unsettled(
  specs: ReadonlyMap<string, PoolSpec>,
  agents: readonly Agent[],
  { inFlight, owner }: Observed,
  readAt: number,
): Generator<Taken> {
  const born = new Map<string, { readonly pool: string; readonly boots: boolean }>();
  for (const { instance, name, phase, pool } of agents)
    if (instance !== undefined && Math.abs((birthOf(name, owner) ?? 0) - readAt) < SETTLING_MS)
      born.set(name, { pool, boots: phase === 'preparing' });
  for (const action of inFlight) {
    if (action.kind === 'build-base') yield BUILD;
    if (action.kind === 'create-instance') born.set(action.name, { pool: action.pool, boots: true });
  }
  for (const { boots, pool } of born.values()) {
    const spec = specs.get(pool);
    const { memoryBytes, diskBytes } = spec === undefined ? BUILD : sizeOf(spec);
    yield { memoryBytes, diskBytes, cores: boots ? 1 : 0 };
  }
}
