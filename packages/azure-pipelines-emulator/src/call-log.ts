import type { CallRecord } from './records.js';

/** The latest calls that were answered; what is older than the newest ten thousand is forgotten. */
export class CallLog {
  #arrivals = 0;
  #calls: { readonly arrival: number; readonly call: CallRecord }[] = [];

  /** Takes note that a call has come; the returned function is called once with what became of it. */
  arrive(): (call: CallRecord) => void {
    this.#arrivals += 1;
    const arrival = this.#arrivals;
    return call => {
      this.#calls.push({ arrival, call });
      if (this.#calls.length > 2 * KEPT) this.#calls = this.#calls.slice(-KEPT);
    };
  }

  /** Lists calls in the order in which they came: a poll that ends late stands where it began. */
  list(): readonly CallRecord[] {
    return this.#calls.toSorted((a, b) => a.arrival - b.arrival).map(({ call }) => call);
  }
}

const KEPT = 10_000;
