/** The time that one call has: until its deadline, its caller's abort or the client's end, whichever comes first. */

import type { Clock } from './clock.js';

export class Scope implements Disposable {
  readonly deadlineMs: number;
  readonly deadlineAt: number;
  readonly #controller = new AbortController();
  readonly #unlink: (() => void)[] = [];
  #expired = false;

  constructor(clock: Clock, deadlineMs: number, signals: readonly (AbortSignal | undefined)[]) {
    this.deadlineMs = deadlineMs;
    this.deadlineAt = clock.now() + deadlineMs;
    // Linked by hand: AbortSignal.any keeps a trace of every call on a signal that lives as long as the program.
    for (const signal of signals) if (signal !== undefined) this.#link(signal);
    const timer = new AbortController();
    this.#unlink.push(() => timer.abort());
    clock.sleep(deadlineMs, timer.signal).then(
      () => this.#expire(),
      () => undefined,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when the deadline ended the call, and not somebody's abort. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Settles as the promise does, or rejects as soon as the scope ends, for work that may not heed a signal. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    let stop = () => {};
    const ended = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([promise, ended]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  [Symbol.dispose](): void {
    for (const unlink of this.#unlink.splice(0)) unlink();
  }

  #link(signal: AbortSignal): void {
    const abort = () => this.#controller.abort(signal.reason);
    if (signal.aborted) abort();
    else {
      signal.addEventListener('abort', abort, { once: true });
      this.#unlink.push(() => signal.removeEventListener('abort', abort));
    }
  }

  #expire(): void {
    if (this.#controller.signal.aborted) return;
    this.#expired = true;
    this.#controller.abort();
  }
}
