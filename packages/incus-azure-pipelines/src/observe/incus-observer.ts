import type { IncusEvent, Instance } from 'incus-client';
import type { Clock } from '../lib/clock.js';
import type { BaseRecord, InstanceRecord } from '../model/agent.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
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
/** As often as the lists are made anyway, so that an Incus which refuses events does not hear of that all the time. */
const RECONNECT = { minMs: 100, maxMs: 15_000 };
/** A guest that has just rung goes down because it is finished, which is known already: that is not urgent. */
const FINISHING_MS = 10_000;
const NOT_URGENT_MS = 1_000;

/** What the observer asks of a client. */
interface Sources {
  readonly events: {
    subscribe(options: {
      readonly types: readonly 'lifecycle'[];
      readonly reconnect: { readonly minMs: number; readonly maxMs: number };
      readonly signal: AbortSignal;
    }): AsyncIterable<IncusEvent>;
  };
  readonly instances: { list(options: { readonly signal: AbortSignal }): Promise<readonly Instance[]> };
}

export interface IncusReadings {
  readonly instances: Reading<readonly InstanceRecord[]>;
  readonly bases: Reading<readonly BaseRecord[]>;
}

type Unread = Reading<never> & { known: false };

/** A list that came, with what was heard since. */
interface Listed {
  readonly instances: readonly InstanceRecord[];
  readonly bases: readonly BaseRecord[];
  readonly at: number;
}

/**
 * Incus as the daemon sees it: full lists on demand, and a ring whenever a list may have changed. A guest that says Ready is
 * seen so in the latest list at once, since a place may stand empty for it; the next list follows and has the last word.
 */
export class IncusObserver {
  readonly #client: Sources;
  readonly #ownerId: string;
  readonly #clock: Clock;
  readonly #rings = new Rings();
  readonly #saidReady = new Set<string>();
  #ring: (withinMs: number) => void = () => {};
  #lastListAt = Number.NEGATIVE_INFINITY;
  /** The latest list; undefined while Incus cannot be read. */
  #listed: Listed | undefined;
  #unread: Unread;

  constructor(client: Sources, ownerId: string, clock: Clock) {
    this.#client = client;
    this.#ownerId = ownerId;
    this.#clock = clock;
    this.#unread = { known: false, error: NOT_READ_YET, since: clock.now() };
  }

  /**
   * Follows the events until the signal aborts, and rings on those that matter, saying within how many ms they want to
   * be looked at. Source: `GET /1.0/events`.
   */
  async follow(ring: (withinMs: number) => void, signal: AbortSignal): Promise<void> {
    this.#ring = ring;
    const options = { types: ['lifecycle'], reconnect: RECONNECT, signal } as const;
    for await (const event of this.#client.events.subscribe(options)) {
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
    if (action === 'instance-ready') {
      this.#rings.ring(name, at);
      this.#saidReady.add(name);
    }
    const isGoing = action === 'instance-shutdown' || action === 'instance-stopped';
    return isGoing && rangAt !== undefined && at - rangAt < FINISHING_MS ? NOT_URGENT_MS : 0;
  }

  /**
   * What is there: the latest list where all that is new is who said Ready, else a list. One that fails is an unknown reading,
   * never an empty one.
   */
  async read(signal: AbortSignal): Promise<IncusReadings> {
    if (this.#hearReady()) {
      this.#ring(LIST_SPACING_MS);
      return this.#readings();
    }
    // A clock that is set back must not make this a long wait.
    const spacingMs = Math.min(this.#lastListAt + LIST_SPACING_MS - this.#clock.now(), LIST_SPACING_MS);
    await this.#clock.sleep(spacingMs, signal);
    await this.#list(signal);
    return this.#readings();
  }

  /** Takes over who has said Ready since the latest list; false where a list is needed to know of them, or nobody has. */
  #hearReady(): boolean {
    const said = [...this.#saidReady];
    this.#saidReady.clear();
    const listed = this.#listed;
    // Of one that was Ready before it is a list that tells, at its own pace: some ring without end.
    const isNews = (name: string) => listed?.instances.some(known => known.name === name && known.status !== 'ready');
    if (listed === undefined || said.length === 0 || !said.every(isNews)) return false;
    const instances = listed.instances.map(record =>
      said.includes(record.name)
        ? { ...record, status: 'ready' as const, rangAt: this.#rings.lastAt(record.name) }
        : record,
    );
    this.#listed = { ...listed, instances };
    return true;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const at = this.#clock.now();
    this.#lastListAt = at;
    this.#saidReady.clear();
    try {
      const list = await this.#client.instances.list({ signal });
      this.#listed = { ...recordsOf(list, this.#ownerId, this.#rings), at };
      this.#rings.keepOnly(new Set(this.#listed.instances.map(record => record.name)));
    } catch (error) {
      signal.throwIfAborted();
      const since = this.#listed === undefined ? this.#unread.since : at;
      this.#unread = { known: false, error: messageOf(error), since };
      this.#listed = undefined;
    }
  }

  #readings(): IncusReadings {
    if (this.#listed === undefined) return { instances: this.#unread, bases: this.#unread };
    const { at, bases, instances } = this.#listed;
    return { instances: { known: true, value: instances, at }, bases: { known: true, value: bases, at } };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
