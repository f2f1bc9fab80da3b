interface Entry {
  readonly at: number;
  readonly order: number;
  readonly happen: () => void;
}

/** Virtual time: it jumps from one event to the next, and nothing happens in between. */
export class Timeline {
  readonly #heap: Entry[] = [];
  #order = 0;
  now: number;

  constructor(startAt: number) {
    this.now = startAt;
  }

  /** Lets something happen `ms` from now; what falls on one instant happens in the order it was asked for. */
  in(ms: number, happen: () => void): void {
    const heap = this.#heap;
    heap.push({ at: this.now + Math.max(0, Math.round(ms)), order: this.#order++, happen });
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfLater(parent, child)) break;
      child = parent;
    }
  }

  /** Runs everything that happens before `until`, and leaves the time there. */
  runUntil(until: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= until; first = this.#heap[0]) {
      this.#removeFirst();
      this.now = first.at;
      first.happen();
    }
    this.now = until;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const child = this.#isLater(left, left + 1) ? left + 1 : left;
      if (!this.#swapIfLater(parent, child)) return;
      parent = child;
    }
  }

  #swapIfLater(parent: number, child: number): boolean {
    const [above, below] = [this.#heap[parent], this.#heap[child]];
    if (above === undefined || below === undefined || !this.#isLater(parent, child)) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }

  #isLater(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.at > other.at || (one.at === other.at && one.order > other.order);
  }
}
