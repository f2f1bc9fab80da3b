import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { History } from './history.js';
import type { PageDocument } from './page-document.js';
import type { StatusDocument } from './status-document.js';

/** Between two messages to one reader: at most four a second. */
const REST_MS = 250;
/** So often a reader hears something, though nothing happens. */
export const BEAT_MS = 10_000;

export interface FeedMessage {
  readonly event: 'document' | 'beat';
  /** What the reader knows then; it hands it back to be told what came after. */
  readonly id: string;
  readonly data: string;
}

/** Tells any number of readers what there is and what changes. One that reads slowly is told less often, and misses nothing. */
export class LiveFeed {
  readonly #history: History;
  readonly #status: () => StatusDocument | undefined;
  readonly #clock: Clock;
  readonly #lookEveryMs: number;
  /** When this daemon began, which tells it from others: what another one has told is told anew. */
  readonly #since: number;
  #changes = 0;
  readonly #waiting = new Set<Disposable>();
  #readers = 0;
  /** Nobody needs it once the last reader is gone. */
  #last: { readonly key: string; readonly message: FeedMessage } | undefined;

  constructor(
    events: Events<DaemonEvents>,
    history: History,
    status: () => StatusDocument | undefined,
    { clock, lookEveryMs }: { readonly clock: Clock; readonly lookEveryMs: number },
  ) {
    this.#history = history;
    this.#status = status;
    this.#clock = clock;
    this.#lookEveryMs = lookEveryMs;
    this.#since = clock.now();
    events.on('pass-ended', () => this.changed());
  }

  /** Something that is shown has changed. */
  changed(): void {
    this.#changes += 1;
    for (const wait of this.#waiting) wait[Symbol.dispose]();
  }

  /** What a reader is to be told who was told `since` last, until the signal aborts. */
  async *follow(since: string | undefined, signal: AbortSignal): AsyncGenerator<FeedMessage> {
    const [epoch, number] = (since ?? '').split('.');
    let known = epoch === String(this.#since) && Number.isSafeInteger(Number(number)) ? Number(number) : 0;
    this.#readers += 1;
    try {
      while (!signal.aborted) {
        const changes = this.#changes;
        const message = this.#message(known);
        known = this.#history.number;
        yield message;
        await this.#rest(REST_MS, signal);
        while (changes === this.#changes && !signal.aborted) {
          await this.#waitForChange(signal);
          if (changes === this.#changes && !signal.aborted)
            yield { event: 'beat', id: message.id, data: String(this.#clock.now()) };
        }
      }
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#last = undefined;
    }
  }

  /** Readers who know the same are told the same, which is written once. */
  #message(known: number): FeedMessage {
    const key = `${known}/${this.#changes}/${this.#history.number}`;
    if (this.#last?.key === key) return this.#last.message;
    const status = this.#status();
    const document: PageDocument = {
      at: this.#clock.now(),
      since: this.#since,
      lookEveryMs: this.#lookEveryMs,
      fresh: known === 0,
      ...(status === undefined ? {} : { status }),
      ...this.#history.after(known),
    };
    const id = `${this.#since}.${this.#history.number}`;
    const message: FeedMessage = { event: 'document', id, data: JSON.stringify(document) };
    this.#last = { key, message };
    return message;
  }

  /** Waits until something changes, or it is time for a beat. */
  async #waitForChange(signal: AbortSignal): Promise<void> {
    using wait = childSignal(signal);
    this.#waiting.add(wait);
    await this.#rest(BEAT_MS, wait.signal);
    this.#waiting.delete(wait);
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal).catch(() => {});
  }
}
