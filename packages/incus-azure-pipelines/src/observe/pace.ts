import type { Registration } from '../model/agent.js';
import { hostsSeen } from './hosts-seen.js';
import { earlySpacing, sharedInterval } from './poll-spacing.js';

/** Where others read too, pauses are longer by up to this part, so that they do not all look at the same moment. */
const SPREAD = 0.1;

/** Calls to which an interval entitles: a list of agents, and one of what waits. */
const CALLS_PER_INTERVAL = 2;

/**
 * How often an agent pool is read: the more seldom, the more hosts have agents in it. A reading may come early, and what it costs is
 * taken off those that follow.
 */
export class Pace {
  readonly #aloneMs: number;
  readonly #agentPools: number;
  /** By owner: when it was last seen to have an agent online. */
  #seen: ReadonlyMap<string, number> = new Map();
  /** Calls saved up at an instant, those of one interval at most, or owed where below 0. */
  #saved = { calls: 0, at: Number.NEGATIVE_INFINITY };

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
    this.#saved = other.#saved;
  }

  /** Owners that have agents in this agent pool, ours among them once it has one. */
  get owners(): ReadonlySet<string> {
    return new Set(this.#seen.keys());
  }

  /** Time between two readings that nobody asks for early, in ms. */
  get intervalMs(): number {
    return sharedInterval(this.#aloneMs, this.#readers);
  }

  /** Takes in a reading that begins now, of so many calls. */
  reads(calls: number, now: number): void {
    this.#saved = { calls: this.#savedAt(now) - calls, at: now };
  }

  /** From a reading of so many calls until the next that nobody asks for early, in ms; `random` gives a number in [0, 1). */
  pauseMs(calls: number, random: () => number): number {
    const ms = this.#seen.size < 2 ? this.intervalMs : this.intervalMs * (1 + SPREAD * random());
    return Math.max(ms, this.#untilMs(calls));
  }

  /** From a reading until the next that is asked for early, in ms. It may owe its calls. */
  get earlyMs(): number {
    return Math.max(earlySpacing(this.#readers), this.#untilMs(0));
  }

  /** From the latest reading until so many calls are saved up. */
  #untilMs(calls: number): number {
    return ((calls - this.#saved.calls) * this.intervalMs) / CALLS_PER_INTERVAL;
  }

  #savedAt(now: number): number {
    const sinceMs = Math.max(0, now - this.#saved.at);
    return Math.min(CALLS_PER_INTERVAL, this.#saved.calls + (sinceMs * CALLS_PER_INTERVAL) / this.intervalMs);
  }

  get #readers(): number {
    return Math.max(1, this.#seen.size) * this.#agentPools;
  }
}
