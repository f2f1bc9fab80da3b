import { performance } from 'node:perf_hooks';

/** Knows how long ago something last happened, whatever becomes of the wall clock meanwhile. */
export class Pulse {
  readonly #now: () => number;
  #lastAt: number | undefined;

  /** `now` gives ms of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  beat(): void {
    this.#lastAt = this.#now();
  }

  /** Whether it has beaten, and for the last time less than this long ago. */
  within(ms: number): boolean {
    return this.#lastAt !== undefined && this.#now() - this.#lastAt < ms;
  }
}
