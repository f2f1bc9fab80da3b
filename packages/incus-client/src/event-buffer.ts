import type { IncusEvent } from './wire/event.js';

/** Holds events between the socket and a single reader. When it is full, all it holds gives way to one gap. */
export class EventBuffer {
  readonly #size: number;
  #events: IncusEvent[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(size: number) {
    this.#size = size;
  }

  push(event: IncusEvent): void {
    if (this.#ended) return;
    // Nothing is kept of what overflows, this event included: the list that the gap asks for shows its effect.
    if (this.#events.length >= this.#size) this.#events = [overflow(this.#events)];
    else this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The oldest event, as soon as there is one; `undefined` after the end, when all are read. */
  async next(): Promise<IncusEvent | undefined> {
    while (this.#events.length === 0 && !this.#ended) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
    return this.#events.shift();
  }
}

function overflow(dropped: readonly IncusEvent[]): IncusEvent {
  const oldest = dropped[0];
  const since = oldest === undefined ? Date.now() : oldest.type === 'gap' ? oldest.since : Date.parse(oldest.timestamp);
  return { type: 'gap', reason: `the reader was too slow: ${dropped.length + 1} events were dropped`, since };
}
