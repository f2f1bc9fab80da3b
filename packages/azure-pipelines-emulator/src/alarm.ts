import type { Clock } from './clock.js';

/** Calls back at one instant, which may be moved or taken back. */
export class Alarm implements Disposable {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at: number | undefined;
  #sleep = new AbortController();

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets the instant (ms since the epoch) in place of any earlier one; `undefined` takes it back. */
  setAt(at: number | undefined): void {
    if (at === this.#at) return;
    this.#sleep.abort();
    this.#sleep = new AbortController();
    this.#at = at;
    if (at === undefined) return;
    void this.#clock.sleep(at - this.#clock.now(), this.#sleep.signal).then(
      () => {
        this.#at = undefined;
        this.#ring();
      },
      () => undefined,
    );
  }

  [Symbol.dispose](): void {
    this.setAt(undefined);
  }
}
