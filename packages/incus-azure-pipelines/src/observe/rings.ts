/** More rings than this within the window, and the guest loses its doorbell: each costs the Incus daemon some 6 ms. */
const MOST_RINGS = 10;
const WINDOW_MS = 10_000;

/** What the guests' doorbells told: when each rang last, and which ring without end. */
export class Rings {
  readonly #byName = new Map<string, number[]>();

  /** Notes a ring at `at` (epoch ms, the clock of the Incus host). */
  ring(name: string, at: number): void {
    const recent = (this.#byName.get(name) ?? []).filter(earlier => at - earlier < WINDOW_MS);
    this.#byName.set(name, [...recent, at].slice(-MOST_RINGS - 1));
  }

  lastAt(name: string): number | undefined {
    return this.#byName.get(name)?.at(-1);
  }

  isNoisy(name: string): boolean {
    return (this.#byName.get(name)?.length ?? 0) > MOST_RINGS;
  }

  /** Forgets everyone who is not in `names`. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#byName.keys()) if (!names.has(name)) this.#byName.delete(name);
  }
}
