/** Collects the earliest deadline that lies ahead, while rules ask whether theirs has passed. */
export class Alarm {
  readonly #now: number;
  #at: number | undefined;

  constructor(now: number) {
    this.#now = now;
  }

  /** Whether `deadline` (epoch ms) has passed; if not, the plan is looked at again then. */
  passed(deadline: number): boolean {
    if (deadline <= this.#now) return true;
    if (this.#at === undefined || deadline < this.#at) this.#at = deadline;
    return false;
  }

  get at(): number | undefined {
    return this.#at;
  }
}
