interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly deed: () => void;
}

/**
 * What is to happen, the earliest first, and of one moment in the order in which it was noted. It is the replay's clock too: time
 * leaps to whatever comes next. A binary heap, since a replay notes and takes millions.
 */
export class Agenda {
  readonly #heap: Appointment[] = [];
  #now: number;
  #order = 0;

  /** `now`: when it begins (epoch ms). */
  constructor(now: number) {
    this.#now = Math.round(now);
  }

  /** Epoch ms of what happens now. */
  get now(): number {
    return this.#now;
  }

  /** Notes a deed for a time, to a whole ms as a host's clock has them; one that is past is for now. */
  at(time: number, deed: () => void): void {
    const added = { at: Math.max(Math.round(time), this.#now), order: this.#order++, deed };
    let place = this.#heap.length;
    this.#heap.push(added);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, added)) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = added;
  }

  /** Notes a deed for so many ms from now. */
  in(ms: number, deed: () => void): void {
    this.at(this.#now + ms, deed);
  }

  /** Lets the next deed happen; false when nothing is noted. */
  next(): boolean {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return false;
    if (last !== first) this.#sink(last);
    this.#now = first.at;
    first.deed();
    return true;
  }

  /** Puts an appointment into the empty place at the top, below all that come before it. */
  #sink(moved: Appointment): void {
    let place = 0;
    for (;;) {
      const left = this.#heap[2 * place + 1];
      const right = this.#heap[2 * place + 2];
      const isRight = left !== undefined && right !== undefined && isBefore(right, left);
      const least = isRight ? right : left;
      if (least === undefined || isBefore(moved, least)) break;
      this.#heap[place] = least;
      place = 2 * place + (isRight ? 2 : 1);
    }
    this.#heap[place] = moved;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
