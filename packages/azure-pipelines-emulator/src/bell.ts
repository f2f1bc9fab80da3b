/** Wakes everybody who waits for something to change. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  /** Wakes all who wait now. */
  ring(): void {
    // Who waits again while being woken waits for the next ring.
    const woken = Array.from(this.#waiting);
    for (const wake of woken) wake();
  }

  /** Resolves at the next ring, or as soon as `signal` is aborted. */
  wait(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
