import type { Headcount } from './world.js';

/** What a replay brought. */
export interface Outcome {
  /** From the queue to the agent that took it, of each job, in ms. */
  readonly waitsMs: readonly number[];
  /** Agents that were idle, times the hours for which they were. */
  readonly idleAgentHours: number;
  readonly busyAgentHours: number;
  /** From the first job in the queue to the end of the last. */
  readonly spanMs: number;
  /** At the same time, beside the base. */
  readonly instances: { readonly mean: number; readonly most: number };
  readonly mostBusy: number;
  readonly created: number;
}

const HOUR_MS = 3_600_000;

/** Sums up what a replay shows, from the first job that is queued on: the pool fills before that. */
export class Tally {
  readonly #waitsMs: number[] = [];
  readonly #from: number;
  #since: number;
  #now: Headcount = { idle: 0, busy: 0, instances: 0 };
  #idleMs = 0;
  #busyMs = 0;
  #instanceMs = 0;
  #mostInstances = 0;
  #mostBusy = 0;
  #created = 0;

  /** `from`: when the first job is queued (epoch ms). */
  constructor(from: number) {
    this.#from = from;
    this.#since = from;
  }

  /** The counts are these from `at` on. */
  counted(now: Headcount, at: number): void {
    this.#sum(at);
    this.#now = now;
  }

  waited(ms: number): void {
    this.#waitsMs.push(ms);
  }

  created(): void {
    this.#created += 1;
  }

  /** All of it, as it is at the end. */
  outcome(at: number): Outcome {
    this.#sum(at);
    const spanMs = at - this.#from;
    return {
      waitsMs: this.#waitsMs,
      idleAgentHours: this.#idleMs / HOUR_MS,
      busyAgentHours: this.#busyMs / HOUR_MS,
      spanMs,
      instances: { mean: spanMs === 0 ? 0 : this.#instanceMs / spanMs, most: this.#mostInstances },
      mostBusy: this.#mostBusy,
      created: this.#created,
    };
  }

  #sum(at: number): void {
    const ms = at - this.#since;
    if (ms <= 0) return;
    const { busy, idle, instances } = this.#now;
    this.#idleMs += idle * ms;
    this.#busyMs += busy * ms;
    this.#instanceMs += instances * ms;
    // What is there for no time at all loads nobody.
    this.#mostInstances = Math.max(this.#mostInstances, instances);
    this.#mostBusy = Math.max(this.#mostBusy, busy);
    this.#since = at;
  }
}
