import type { Registration } from '../model/agent.js';
import { hostsSeen } from './hosts-seen.js';
import { earlySpacing, sharedInterval } from './poll-spacing.js';

/** Where others read too, pauses are longer by up to this part, so that they do not all look at the same moment. */
const SPREAD = 0.2;

/** How often an agent pool is read: the more seldom, the more hosts have agents in it. */
export class Pace {
  readonly #aloneMs: number;
  readonly #agentPools: number;
  /** By owner: when it was last seen to have an agent online. */
  #seen: ReadonlyMap<string, number> = new Map();

  /** `aloneMs`: between two readings of one that reads alone. `agentPools`: how many of one organisation this daemon reads. */
  constructor(aloneMs: number, agentPools: number) {
    this.#aloneMs = aloneMs;
    this.#agentPools = agentPools;
  }

  /** Takes in what a reading shows. */
  saw(registrations: readonly Pick<Registration, 'capabilities' | 'name' | 'online'>[], now: number): void {
    this.#seen = hostsSeen(this.#seen, registrations, now);
  }

  /** Goes on from whom another has seen. */
  continueFrom(other: Pace): void {
    this.#seen = other.#seen;
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

  /** The pause until the next reading, in ms; `random` gives a number in [0, 1). */
  pauseMs(random: () => number): number {
    return this.#seen.size < 2 ? this.intervalMs : this.intervalMs * (1 + SPREAD * random());
  }

  get #readers(): number {
    return Math.max(1, this.#seen.size) * this.#agentPools;
  }
}
