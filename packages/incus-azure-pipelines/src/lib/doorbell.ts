import type { Clock } from './clock.js';

/**
 * Many rings, one wake. A ring while nobody waits is remembered, so that none is lost between two passes. What is not
 * urgent rings for later, and is heard with whatever rings before that.
 */
export class Doorbell implements Disposable {
  readonly #clock: Clock;
  #rung = false;
  #wake: (() => void) | undefined;
  #later: { readonly at: number; readonly over: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes who waits: at once, or within so many ms where that is soon enough. */
  ring(withinMs = 0): void {
    if (withinMs > 0) this.#ringLater(withinMs);
    else {
      this.#rung = true;
      this.#wake?.();
    }
  }

  /** Resolves at the next ring, at once when one came since the last wait; resolves too when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = deferred();
      this.#wake = resolve;
      signal.addEventListener('abort', resolve, { once: true });
      await promise;
      signal.removeEventListener('abort', resolve);
      this.#wake = undefined;
    }
    this.#rung = false;
    this[Symbol.dispose]();
  }

  /** Forgets rings that have come so far: what comes now answers them. */
  hush(): void {
    this.#rung = false;
    this[Symbol.dispose]();
  }

  #ringLater(ms: number): void {
    const at = this.#clock.now() + ms;
    if (this.#rung || (this.#later && this.#later.at <= at)) return;
    this[Symbol.dispose]();
    const over = new AbortController();
    this.#later = { at, over };
    this.#clock.sleep(ms, over.signal).then(
      () => this.ring(),
      () => {},
    );
  }

  /** Forgets what would ring later. */
  [Symbol.dispose](): void {
    this.#later?.over.abort();
    this.#later = undefined;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}
