/** Chance that a seed repeats exactly. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). Source: the mulberry32 generator. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)];
  }
}

/** Source: the FNV-1a hash and its constants. */
const [HASHED_FROM, HASHED_BY] = [0x811c9dc5, 0x01000193];

/**
 * A whole number in [0, `of`) that hangs on the seed and on what is chosen, and on nothing else: whatever else is chosen or happens, it
 * stays, and one choice tells nothing of another.
 */
export function chosen(seed: number, what: string, of: number): number {
  let hash = HASHED_FROM;
  for (const letter of what) hash = Math.imul(hash ^ letter.charCodeAt(0), HASHED_BY);
  return new Random(hash ^ seed).between(0, of - 1);
}
