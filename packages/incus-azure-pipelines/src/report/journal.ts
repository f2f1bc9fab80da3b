interface Entry<T> {
  readonly value: T;
  readonly number: number;
}

/** Values by their keys, the one that changed last at the end, so that a reader can be told what it has not heard. */
export class Journal<K, T> {
  readonly #entries = new Map<K, Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Writes a value, in place of the one under its key. Numbers only grow. */
  set(key: K, value: T, number: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, number });
  }

  /** Values that were written with a greater number, in the order in which they were. */
  after(number: number): T[] {
    return [...this.#entries.values()].flatMap(entry => (entry.number > number ? [entry.value] : []));
  }

  /** Lets go of every value that is told to be of no use any more. */
  forget(isUseless: (value: T) => boolean): void {
    for (const [key, { value }] of this.#entries) if (isUseless(value)) this.#entries.delete(key);
  }
}
