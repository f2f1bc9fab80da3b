import type { Registration } from '../model/agent.js';
import { hostsSeen } from './hosts-seen.js';
import { earlySpacing, sharedInterval, spareCalls } from './poll-spacing.js';

/** Where others read too, pauses are longer by up to this part, so that they do not all look at the same moment. */
const SPREAD = 0.2;

/** How often an agent pool is read: the more seldom, the more hosts have agents in it, and early only as far as calls are to spare. */
export class Pace {
  readonly #aloneMs: number;
  readonly #agentPools: number;
  /** By owner: when it was last seen to have an agent online. */
  #seen: ReadonlyMap<string, number> = new Map();
  /** When calls were made beside the list at each interval. */
  #besideAt: readonly number[] = [];

  /** `aloneMs`: between two readings of one that reads alone. `agentPools`: how many of one organisation this daemon reads. */
  constructor(aloneMs: number, agentPools: number) {
    this.#aloneMs = aloneMs;
    this.#agentPools = agentPools;
  }

  /** Takes in what a reading shows. */
  saw(registrations: readonly Pick<Registration, 'capabilities' | 'name' | 'online'>[], now: number): void {
    this.#seen = hostsSeen(this.#seen, registrations, now);
  }

  /** Goes on from whom another has seen, and what it has asked for. */
  continueFrom(other: Pace): void {
    this.#seen = other.#seen;
    this.#besideAt = other.#besideAt;
  }

  /** Owners that have agents in this agent pool, ours among them once it has one. */
  get owners(): ReadonlySet<string> {
    return new Set(this.#seen.keys());
  }

  /** Time between two readings that nobody asks for early, in ms. */
  get intervalMs(): number {
    return sharedInterval(this.#aloneMs, this.#readers);
  }

  /** Time between two that are asked for early, in ms. */
  get earlyMs(): number {
    return earlySpacing(this.#readers);
  }

  /** Takes in a call that is not the list at its interval: one of the queue, or an early list. */
  asked(now: number): void {
    this.#besideAt = [...this.#recent(now), now];
  }

  /** Whether one call more is within the budget that all readers share. */
  hasCallToSpare(now: number): boolean {
    return this.#recent(now).length < spareCalls(this.#aloneMs, this.#readers).calls;
  }

  /** The pause until the next reading, in ms; `random` gives a number in [0, 1). */
  pauseMs(random: () => number): number {
    return this.#seen.size < 2 ? this.intervalMs : this.intervalMs * (1 + SPREAD * random());
  }

  #recent(now: number): readonly number[] {
    const { withinMs } = spareCalls(this.#aloneMs, this.#readers);
    return this.#besideAt.filter(at => at > now - withinMs);
  }

  get #readers(): number {
    return Math.max(1, this.#seen.size) * this.#agentPools;
  }
}
