/** More rings than this within the window, and the guest loses its doorbell: each costs the Incus daemon some 6 ms. */
const MOST_RINGS = 10;
const WINDOW_MS = 10_000;

/** What the guests' doorbells told: when each rang last, and which ring without end. */
export class Rings {
  readonly #byName = new Map<string, number[]>();
  readonly #changes = new Map<string, { readonly at: number; readonly isAnswered: boolean }>();

  /** Notes a ring at `at` (epoch ms, the clock of the Incus host). */
  ring(name: string, at: number): void {
    const recent = (this.#byName.get(name) ?? []).filter(earlier => at - earlier < WINDOW_MS);
    this.#byName.set(name, [...recent, at].slice(-MOST_RINGS - 1));
    const change = this.#changes.get(name);
    if (change && at > change.at) this.#changes.set(name, { ...change, isAnswered: true });
  }

  /**
   * Notes that keys of an instance were changed at `at`, by the same clock: its mark as an agent, for one. That follows a ring:
   * what somebody else has changed before the first one is no mark.
   */
  changed(name: string, at: number): void {
    const known = this.#changes.get(name)?.at ?? Number.NEGATIVE_INFINITY;
    if (this.#byName.has(name) && at > known) this.#changes.set(name, { at, isAnswered: false });
  }

  /**
   * Whether a guest has rung since keys of its instance were changed last: that was heard of later, and is later by the
   * clock. An agent that has says that it is finished. What came late says that it was prepared.
   */
  rangSinceChange(name: string): boolean {
    return this.#changes.get(name)?.isAnswered === true;
  }

  lastAt(name: string): number | undefined {
    return this.#byName.get(name)?.at(-1);
  }

  isNoisy(name: string): boolean {
    return (this.#byName.get(name)?.length ?? 0) > MOST_RINGS;
  }

  /** Forgets everyone who is not in `names`. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const known of [this.#byName, this.#changes])
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
  }
}
