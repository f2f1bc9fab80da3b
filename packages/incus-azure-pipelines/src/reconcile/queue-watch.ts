import type { HeldUp, Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed, type Reading } from '../model/observed.js';
import { isScaled, type PoolSpec } from '../model/pool.js';
import type { Offer, WaitingRequest } from '../model/queue.js';
import type { Others } from '../observe/host-shares.js';
import { offersOf } from '../observe/offers.js';
import { type OtherHost, otherHosts } from '../observe/other-hosts.js';
import { placeholdersIn } from '../observe/placeholders.js';
import type { Queue, QueueSight, shareQueue } from '../observe/queue.js';

/** Who reads an agent pool. */
export interface Readers {
  /** Owners that have agents in it, this daemon's among them. */
  readonly owners: ReadonlySet<string>;
  /** How often each of them reads, in ms. */
  readonly intervalMs: number;
}

/**
 * A pool that was held up is asked for no agent for so long, where another can have one: once it is not asked any more, nothing
 * may tell what it lacks.
 */
const HELD_UP_MS = 30_000;

type Seen = Pick<QueueSight, 'parallelJobs' | 'requests' | 'registrations' | 'drained'> &
  Pick<Observed, 'bases' | 'wantedBases'> & {
    /** By `azureKey`. */
    readonly readers?: ReadonlyMap<string, Readers>;
  };

type Shared = Pick<Queue, 'queued' | 'waiting'> & Pick<Observed, 'offers' | 'placeholders'>;

/** Remembers from pass to pass what waits, since when, what agents have offered to it, and who else makes agents. */
export class QueueWatch {
  #desired: readonly PoolSpec[];
  readonly #owner: string;
  readonly #shareQueue: typeof shareQueue;
  #offers: ReadonlyMap<string, Offer> = new Map();
  #waiting: readonly WaitingRequest[] = [];
  /** By `azureKey`: of the requests in the last reading those that agents of ours have taken, be they gone or not. */
  #taken: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  #hosts: ReadonlyMap<string, readonly OtherHost[]> = new Map();
  /** By pool. */
  readonly #heldUp = new Map<string, { readonly heldUp: HeldUp; readonly until: number }>();

  constructor(desired: readonly PoolSpec[], owner: string, share: typeof shareQueue) {
    this.#desired = desired;
    this.#owner = owner;
    this.#shareQueue = share;
  }

  /** Takes in what a plan found to be held up. */
  noteHeldUp(pools: Plan['pools'], now: number): void {
    for (const [pool, { heldUp }] of pools) if (heldUp) this.#heldUp.set(pool, { heldUp, until: now + HELD_UP_MS });
  }

  /** These pools share the queues from now on. What agents have shown where nothing hung on it is forgotten. */
  takePools(desired: readonly PoolSpec[]): void {
    const followed = this.#desired.filter(({ azure }) => isScaled(azure, this.#desired)).map(({ name }) => name);
    this.#offers = new Map([...this.#offers].filter(([name]) => followed.includes(name)));
    this.#desired = desired;
  }

  /** Shares out what waits in the queues that are read. While Incus is unread nothing is decided on it, and all stays as it was. */
  share(seen: Seen, agents: Reading<readonly Agent[]>, now: number): Shared {
    const placeholders = placeholdersIn(seen.registrations, this.#owner);
    if (agents.known && seen.requests.size === 0) this.#waiting = [];
    if (!agents.known || seen.requests.size === 0)
      return { queued: new Map(), waiting: this.#waiting, offers: this.#offers, placeholders };
    this.#offers = offersOf(this.#offers, agents.value, this.#desired, this.#owner, { ...seen, placeholders });
    const others = new Map(
      [...(seen.readers ?? [])].map(([key, readers]) => [key, this.#others(key, readers, seen, now)]),
    );
    this.#taken = takenOf(this.#taken, seen.requests, agents.value);
    const heldUp = new Map(
      [...this.#heldUp].flatMap(([pool, one]) => (now < one.until ? [[pool, one.heldUp] as const] : [])),
    );
    const sight = { ...seen, agents: agents.value, offers: this.#offers, taken: this.#taken, others, heldUp };
    const { hosts, queued, waiting } = this.#shareQueue(this.#waiting, sight, this.#desired, now);
    this.#waiting = waiting;
    this.#hosts = new Map([...[...others].map(([key, one]) => [key, one.hosts] as const), ...hosts]);
    return { queued, waiting, offers: this.#offers, placeholders };
  }

  #others(key: string, { intervalMs, owners }: Readers, { registrations }: Seen, now: number): Others {
    const before = this.#hosts.get(key) ?? [];
    const shown = knownValue(registrations.get(key));
    const hosts = shown === undefined ? before : otherHosts(before, shown, owners, this.#owner, now);
    return { owner: this.#owner, hosts, intervalMs };
  }
}

/** An agent is forgotten sooner than the queue is read anew where that is done seldom; its request shall not count once more. */
function takenOf(
  before: ReadonlyMap<string, ReadonlySet<number>>,
  requests: Seen['requests'],
  agents: readonly Agent[],
): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map(
    [...requests].map(([key, reading]) => {
      const own = agents.flatMap(({ agentPool, life }) => (agentPool === key ? (life.requestId ?? []) : []));
      const taken = [...(before.get(key) ?? []), ...own];
      const listed = reading.known ? new Set(reading.value.map(({ requestId }) => requestId)) : undefined;
      return [key, new Set(listed === undefined ? taken : taken.filter(one => listed.has(one)))];
    }),
  );
}
