import type { IncusEvent, Instance } from 'incus-client';
import type { Clock } from '../lib/clock.js';
import type { BaseRecord, InstanceRecord } from '../model/agent.js';
import type { Reading } from '../model/observed.js';
import { recordsOf } from './records.js';
import { Rings } from './rings.js';

/** Two lists are at least this far apart, however often something rings. */
const LIST_SPACING_MS = 100;
/** The events that say that something ended or is ready; those of our own calls are not among them. */
const RINGING = new Set([
  'instance-ready',
  'instance-shutdown',
  'instance-stopped',
  'instance-deleted',
  'instance-restarted',
]);
/** A guest that has just rung goes down because it is finished, which is known already: that is not urgent. */
const FINISHING_MS = 10_000;
const NOT_URGENT_MS = 1_000;

/** What the observer asks of a client. */
interface Sources {
  readonly events: {
    subscribe(options: {
      readonly types: readonly 'lifecycle'[];
      readonly signal: AbortSignal;
    }): AsyncIterable<IncusEvent>;
  };
  readonly instances: { list(options: { readonly signal: AbortSignal }): Promise<readonly Instance[]> };
}

export interface IncusReadings {
  readonly instances: Reading<readonly InstanceRecord[]>;
  readonly bases: Reading<readonly BaseRecord[]>;
}

/** Incus as the daemon sees it: full lists on demand, and a ring whenever a list may have changed. */
export class IncusObserver {
  readonly #client: Sources;
  readonly #ownerId: string;
  readonly #clock: Clock;
  readonly #rings = new Rings();
  #lastListAt = Number.NEGATIVE_INFINITY;
  #unknownSince: number | undefined;

  constructor(client: Sources, ownerId: string, clock: Clock) {
    this.#client = client;
    this.#ownerId = ownerId;
    this.#clock = clock;
  }

  /**
   * Follows the events until the signal aborts, and rings on those that matter, saying within how many ms they want to
   * be looked at. Source: `GET /1.0/events`.
   */
  async follow(ring: (withinMs: number) => void, signal: AbortSignal): Promise<void> {
    for await (const event of this.#client.events.subscribe({ types: ['lifecycle'], signal })) {
      const withinMs = this.#hear(event);
      if (withinMs !== undefined) ring(withinMs);
    }
  }

  #hear(event: IncusEvent): number | undefined {
    if (event.type === 'gap') return 0;
    if (event.type !== 'lifecycle' || !RINGING.has(event.metadata.action)) return undefined;
    const { action, name = '' } = event.metadata;
    const at = Date.parse(event.timestamp);
    const rangAt = this.#rings.lastAt(name);
    if (action === 'instance-ready') this.#rings.ring(name, at);
    const isGoing = action === 'instance-shutdown' || action === 'instance-stopped';
    return isGoing && rangAt !== undefined && at - rangAt < FINISHING_MS ? NOT_URGENT_MS : 0;
  }

  /** Lists everything of ours; a list that fails is an unknown reading, never an empty one. */
  async read(signal: AbortSignal): Promise<IncusReadings> {
    // A clock that is set back must not make this a long wait.
    const spacingMs = Math.min(this.#lastListAt + LIST_SPACING_MS - this.#clock.now(), LIST_SPACING_MS);
    await this.#clock.sleep(spacingMs, signal);
    const at = this.#clock.now();
    this.#lastListAt = at;
    try {
      const { instances, bases } = recordsOf(await this.#client.instances.list({ signal }), this.#ownerId, this.#rings);
      this.#unknownSince = undefined;
      this.#rings.keepOnly(new Set(instances.map(record => record.name)));
      return { instances: { known: true, value: instances, at }, bases: { known: true, value: bases, at } };
    } catch (error) {
      signal.throwIfAborted();
      this.#unknownSince ??= at;
      const unknown = { known: false, error: messageOf(error), since: this.#unknownSince } as const;
      return { instances: unknown, bases: unknown };
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
