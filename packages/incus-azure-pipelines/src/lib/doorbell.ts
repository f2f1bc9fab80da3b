/**
 * Many rings, one wake. A ring while nobody waits is remembered, so that none is lost between two passes.
 */
export class Doorbell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
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
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>(done => {
    resolve = done;
  });
  return { promise, resolve };
}
