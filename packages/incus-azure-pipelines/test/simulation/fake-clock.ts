import type { Clock } from '../../src/lib/clock.js';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that a test moves. */
export class FakeClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((wake, fail) => {
      const abort = () => {
        this.#sleepers.delete(sleeper);
        fail(signal?.reason);
      };
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          signal?.removeEventListener('abort', abort);
          wake();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
      if (ms <= 0) this.#wake();
    });
  }

  /** When the next sleeper is due; undefined while none sleeps. */
  get nextAt(): number | undefined {
    const dues = [...this.#sleepers].map(({ until }) => until);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Lets `ms` pass, and what is then due run as far as it can. */
  async advance(ms: number): Promise<void> {
    await settled();
    this.#now += ms;
    this.#wake();
    await settled();
  }

  #wake(): void {
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

/** Resolves when everything that is ready to run has run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
}
