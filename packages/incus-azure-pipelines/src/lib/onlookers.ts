import type { Clock } from './clock.js';

/** Who asked once may ask again: somebody is taken to be there for so long after the last one went. */
const LINGER_MS = 15_000;

/** Who looks at what the daemon shows, at a page that is open or by asking once. What is for them alone is read while there are some. */
export class Onlookers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #onArrival: () => void;
  #here = 0;
  #leftAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'now'>, onArrival: () => void) {
    this.#clock = clock;
    this.#onArrival = onArrival;
  }

  /** Whether somebody looks, or did a moment ago. */
  get areThere(): boolean {
    return this.#here > 0 || this.#clock.now() - this.#leftAt < LINGER_MS;
  }

  /** Somebody looks, until that is disposed of. */
  enter(): Disposable {
    this.#here += 1;
    this.#onArrival();
    return {
      [Symbol.dispose]: () => {
        this.#here -= 1;
        this.#leftAt = this.#clock.now();
      },
    };
  }
}
