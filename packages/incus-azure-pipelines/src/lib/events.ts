/**
 * Tells many listeners of named events. A listener that throws hurts nobody: neither the teller nor the others.
 */
export class Events<Map> {
  readonly #listeners = new Map<keyof Map, Set<(event: never) => void>>();
  readonly #onFailure: (error: unknown) => void;

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Hears of an event from now on; call what it gives back to stop. */
  on<K extends keyof Map>(name: K, listener: (event: Map[K]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit<K extends keyof Map>(name: K, event: Map[K]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      try {
        (listener as (event: Map[K]) => void)(event);
      } catch (error) {
        this.#onFailure(error);
      }
  }
}
