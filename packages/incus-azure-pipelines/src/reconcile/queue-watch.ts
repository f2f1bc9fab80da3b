import type { Agent } from '../model/agent.js';
import { knownValue, type Observed, type Reading } from '../model/observed.js';
import { isScaled, type PoolSpec } from '../model/pool.js';
import type { Offer, WaitingRequest } from '../model/queue.js';
import type { Others } from '../observe/host-shares.js';
import { offersOf } from '../observe/offers.js';
import { type OtherHost, otherHosts } from '../observe/other-hosts.js';
import type { Queue, QueueSight, shareQueue } from '../observe/queue.js';

/** Who reads an agent pool. */
export interface Readers {
  /** Owners that have agents in it, this daemon's among them. */
  readonly owners: ReadonlySet<string>;
  /** How often each of them reads, in ms. */
  readonly intervalMs: number;
}

type Seen = Pick<QueueSight, 'parallelJobs' | 'requests' | 'registrations' | 'drained'> &
  Pick<Observed, 'bases' | 'wantedBases'> & {
    /** By `azureKey`. */
    readonly readers?: ReadonlyMap<string, Readers>;
  };

/** Remembers from pass to pass what waits, since when, what agents have offered to it, and who else makes agents. */
export class QueueWatch {
  #desired: readonly PoolSpec[];
  readonly #owner: string;
  readonly #shareQueue: typeof shareQueue;
  #offers: ReadonlyMap<string, Offer> = new Map();
  #waiting: readonly WaitingRequest[] = [];
  #hosts: ReadonlyMap<string, readonly OtherHost[]> = new Map();

  constructor(desired: readonly PoolSpec[], owner: string, share: typeof shareQueue) {
    this.#desired = desired;
    this.#owner = owner;
    this.#shareQueue = share;
  }

  /** These pools share the queues from now on. What agents have shown where nothing hung on it is forgotten. */
  takePools(desired: readonly PoolSpec[]): void {
    const followed = this.#desired.filter(({ azure }) => isScaled(azure, this.#desired)).map(({ name }) => name);
    this.#offers = new Map([...this.#offers].filter(([name]) => followed.includes(name)));
    this.#desired = desired;
  }

  /** Shares out what waits in the queues that are read. While Incus is unread nothing is decided on it, and all stays as it was. */
  share(seen: Seen, agents: Reading<readonly Agent[]>, now: number): Pick<Queue, 'queued' | 'waiting'> {
    if (agents.known && seen.requests.size === 0) this.#waiting = [];
    if (!agents.known || seen.requests.size === 0) return { queued: new Map(), waiting: this.#waiting };
    this.#offers = offersOf(this.#offers, agents.value, this.#desired, seen);
    const others = new Map(
      [...(seen.readers ?? [])].map(([key, readers]) => [key, this.#others(key, readers, seen, now)]),
    );
    const sight = { ...seen, agents: agents.value, offers: this.#offers, others };
    const { hosts, queued, waiting } = this.#shareQueue(this.#waiting, sight, this.#desired, now);
    this.#waiting = waiting;
    this.#hosts = new Map([...[...others].map(([key, one]) => [key, one.hosts] as const), ...hosts]);
    return { queued, waiting };
  }

  #others(key: string, { intervalMs, owners }: Readers, { registrations }: Seen, now: number): Others {
    const before = this.#hosts.get(key) ?? [];
    const shown = knownValue(registrations.get(key));
    const hosts = shown === undefined ? before : otherHosts(before, shown, owners, this.#owner, now);
    return { owner: this.#owner, hosts, intervalMs };
  }
}
