import type { Timeline } from './timeline.js';

/** What a host's clock shows: true time, and what somebody has set it ahead or back. */
export class HostClock {
  readonly #timeline: Timeline;
  #aheadMs: number;
  /** When it was last set (true time, epoch ms). */
  setAt = Number.NEGATIVE_INFINITY;

  constructor(timeline: Timeline, aheadMs = 0) {
    this.#timeline = timeline;
    this.#aheadMs = aheadMs;
  }

  get now(): number {
    return this.#timeline.now + this.#aheadMs;
  }

  /** Sets it ahead, or with a negative number back. */
  step(ms: number): void {
    this.#aheadMs += ms;
    this.setAt = this.#timeline.now;
  }
}
