/** A place that is filled again within this time was handed over, not lost; the bench tells how long that takes. */
export const HANDOVER_MS = 10_000;

/** How many agents are wanted, and how many of them could do a job or do one. */
export interface Slots {
  readonly wanted: number;
  readonly available: number;
}

/** Milliseconds times places. What is neither available nor handed over is lost. */
export interface SlotTime {
  readonly wantedMs: number;
  readonly availableMs: number;
  readonly handoverMs: number;
}

/**
 * Adds up how long the places of a pool were wanted and taken. Places have no names, so the n-th empty one lasts as long
 * as at least n are empty: others that come and go make no lost one look short. An empty place counts as handed over, in
 * full, when it is filled within `HANDOVER_MS`, and else not at all.
 */
export class SlotAccount {
  #since: { readonly at: number; readonly slots: Slots } | undefined;
  /** For how long (ms) at least 1, 2, ... places have been empty. */
  readonly #emptyMs: number[] = [];

  /**
   * Tells what there is from `at` (epoch ms) on, and gives back what that adds. `undefined` is for a time in which nobody
   * can tell: it counts in nothing, and no place grows older in it.
   */
  sample(at: number, slots: Slots | undefined): SlotTime {
    const before = this.#since;
    const ms = before === undefined ? 0 : Math.max(0, at - before.at);
    this.#since = slots && { at, slots };
    for (const index of this.#emptyMs.keys()) this.#emptyMs[index] = (this.#emptyMs[index] ?? 0) + ms;
    return {
      wantedMs: ms * (before?.slots.wanted ?? 0),
      availableMs: ms * taken(before?.slots),
      handoverMs: slots === undefined ? 0 : this.#fill(slots.wanted - taken(slots)),
    };
  }

  /** Closes or opens empty places until there are so many; the time of those that were handed over. */
  #fill(empty: number): number {
    let handoverMs = 0;
    while (this.#emptyMs.length > empty) {
      const ms = this.#emptyMs.pop() ?? 0;
      if (ms <= HANDOVER_MS) handoverMs += ms;
    }
    while (this.#emptyMs.length < empty) this.#emptyMs.push(0);
    return handoverMs;
  }
}

/** Agents beyond those that are wanted make up for no empty place at another time. */
function taken(slots: Slots | undefined): number {
  return slots === undefined ? 0 : Math.min(slots.wanted, slots.available);
}
