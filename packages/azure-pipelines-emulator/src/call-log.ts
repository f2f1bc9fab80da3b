import type { CallRecord } from './records.js';

/** The latest calls, oldest first; what is older than the newest ten thousand is forgotten. */
export class CallLog {
  #calls: CallRecord[] = [];

  add(call: CallRecord): void {
    this.#calls.push(call);
    if (this.#calls.length > 2 * KEPT) this.#calls = this.#calls.slice(-KEPT);
  }

  list(): readonly CallRecord[] {
    return [...this.#calls];
  }
}

const KEPT = 10_000;
