import type { IncusEvent, Instance } from 'incus-client';
import type { Clock } from '../lib/clock.js';
import { IncusPicture, type IncusReadings } from './incus-picture.js';
import { recordsOf } from './records.js';

/** As often as the lists are made anyway, so that an Incus which refuses events does not hear of that all the time. */
const RECONNECT = { minMs: 100, maxMs: 15_000 };

/** Two lists begin at least this far apart, however often something rings. */
export const LIST_SPACING_MS = 100;
/** And so many times as far apart as one takes, up to a second: Incus looks at each instance for it. */
const TIMES_A_LIST = 4;
const MOST_SPACING_MS = 1_000;

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

/** Incus as the daemon sees it: full lists on demand, and a ring whenever a list may have changed. */
export class IncusObserver {
  readonly #client: Sources;
  readonly #ownerId: string;
  readonly #clock: Clock;
  readonly #picture: IncusPicture;
  #ring: (withinMs: number) => void = () => {};
  #lastListAt = Number.NEGATIVE_INFINITY;
  #spacingMs = LIST_SPACING_MS;

  constructor(client: Sources, ownerId: string, clock: Clock) {
    this.#client = client;
    this.#ownerId = ownerId;
    this.#clock = clock;
    this.#picture = new IncusPicture(clock.now());
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
    if (event.type !== 'lifecycle') return undefined;
    const { action, name = '' } = event.metadata;
    return this.#picture.hear(action, name, Date.parse(event.timestamp));
  }

  /**
   * What is there: the latest list where all that is new is who said Ready, else a list. One that fails is an unknown reading,
   * never an empty one.
   */
  async read(signal: AbortSignal): Promise<IncusReadings> {
    if (this.#picture.patch()) {
      this.#ring(this.#spacingMs);
      return this.#picture.readings;
    }
    // A clock that is set back must not make this a long wait.
    const restMs = Math.min(this.#lastListAt + this.#spacingMs - this.#clock.now(), this.#spacingMs);
    await this.#clock.sleep(restMs, signal);
    await this.#list(signal);
    return this.#picture.readings;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const at = this.#clock.now();
    this.#lastListAt = at;
    this.#picture.listing();
    try {
      const list = await this.#client.instances.list({ signal });
      this.#picture.listed(recordsOf(list, this.#ownerId, this.#picture.rings), at);
    } catch (error) {
      signal.throwIfAborted();
      this.#picture.failed(error instanceof Error ? error.message : String(error), at);
    }
    const tookMs = this.#clock.now() - at;
    this.#spacingMs = Math.min(Math.max(LIST_SPACING_MS, TIMES_A_LIST * tookMs), MOST_SPACING_MS);
  }
}
