/** The silence that a server asked for, kept by all calls of one client. */

import type { Clock } from './clock.js';
import { type AnswerHeaders, parseRateLimit, parseRetryAfterMs, type RateLimit, stretchMs } from './rate-limit.js';

export class Gate {
  readonly #clock: Clock;
  #opensAt = 0;
  #rateLimit: RateLimit | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What the latest answer said; `undefined` once an answer came without a word about limits. */
  get rateLimit(): RateLimit | undefined {
    return this.#rateLimit;
  }

  /** Milliseconds until calls may go out again; zero while the gate is open. */
  closedForMs(): number {
    return Math.max(this.#opensAt - this.#clock.now(), 0);
  }

  /**
   * Waits until the gate is open, or returns at once what is missing when that would be at or after `deadlineAt`.
   *
   * @returns zero when the gate is open, else the milliseconds for which it stays closed.
   */
  async pass(deadlineAt: number, signal: AbortSignal): Promise<number> {
    for (;;) {
      const closedForMs = this.closedForMs();
      if (closedForMs === 0) return 0;
      if (this.#clock.now() + closedForMs >= deadlineAt) return closedForMs;
      await this.#clock.sleep(closedForMs, signal);
    }
  }

  /** Learns from the headers of an answer, whatever its status. An earlier, longer silence stays. */
  heed(headers: AnswerHeaders): {
    readonly retryAfterMs: number | undefined;
    readonly rateLimit: RateLimit | undefined;
  } {
    const now = this.#clock.now();
    const retryAfterMs = parseRetryAfterMs(headers, now);
    const rateLimit = parseRateLimit(headers);
    this.#rateLimit = rateLimit;
    this.#opensAt = Math.max(this.#opensAt, now + (retryAfterMs ?? stretchMs(rateLimit, now)));
    return { retryAfterMs, rateLimit };
  }
}
