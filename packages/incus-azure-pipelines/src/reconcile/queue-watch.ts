import type { Agent } from '../model/agent.js';
import type { Observed, Reading } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { Offer, WaitingRequest } from '../model/queue.js';
import { offersOf } from '../observe/offers.js';
import type { Queue, QueueSight, shareQueue } from '../observe/queue.js';

type Seen = Pick<QueueSight, 'requests' | 'registrations' | 'drained'> & Pick<Observed, 'bases' | 'wantedBases'>;

/** Remembers from pass to pass what waits, since when, and what agents have offered to it. */
export class QueueWatch {
  #desired: readonly PoolSpec[];
  readonly #shareQueue: typeof shareQueue;
  #offers: ReadonlyMap<string, Offer> = new Map();
  #waiting: readonly WaitingRequest[] = [];

  constructor(desired: readonly PoolSpec[], share: typeof shareQueue) {
    this.#desired = desired;
    this.#shareQueue = share;
  }

  /** These pools share the queues from now on. */
  takePools(desired: readonly PoolSpec[]): void {
    this.#desired = desired;
  }

  /** Shares out what waits in the queues that are read. While Incus is unread nothing is decided on it, and all stays as it was. */
  share(seen: Seen, agents: Reading<readonly Agent[]>, now: number): Queue {
    if (!agents.known || seen.requests.size === 0) return { queued: new Map(), waiting: this.#waiting };
    this.#offers = offersOf(this.#offers, agents.value, this.#desired, seen);
    const sight = { ...seen, agents: agents.value, offers: this.#offers };
    const queue = this.#shareQueue(this.#waiting, sight, this.#desired, now);
    this.#waiting = queue.waiting;
    return queue;
  }
}
