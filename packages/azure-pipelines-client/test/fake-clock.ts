import type { Clock } from '../src/clock.js';

interface Sleeper {
  readonly wakesAt: number;
  readonly ms: number;
  readonly wake: () => void;
}

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 2, 3, 4, 5);
  #sleepers: Sleeper[] = [];
  #watchers: { readonly ms: number; readonly seen: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper: Sleeper = { wakesAt: this.#now + ms, ms, wake };
      if (signal?.aborted === true) return reject(signal.reason);
      signal?.addEventListener('abort', abort, { once: true });
      this.#sleepers.push(sleeper);
      for (const watcher of this.#watchers) if (watcher.ms === ms) watcher.seen();
    });
  }

  /** Moves on, and wakes whoever is due. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(sleeper => sleeper.wakesAt <= this.#now);
    this.#sleepers = this.#sleepers.filter(sleeper => sleeper.wakesAt > this.#now);
    for (const sleeper of due) sleeper.wake();
  }

  /** Resolves as soon as somebody sleeps for exactly that long. */
  sleeping(ms: number): Promise<void> {
    if (this.#sleepers.some(sleeper => sleeper.ms === ms)) return Promise.resolve();
    return new Promise(resolve => this.#watchers.push({ ms, seen: resolve }));
  }

  /** Number of sleeps that nobody ended. */
  get pending(): number {
    return this.#sleepers.length;
  }
}
