import { type Registration, takenBy } from '../model/agent.js';
import type { Reading } from '../model/reading.js';

/** What there would be to complain of, if Azure does not show that an agent was at work. */
export interface Doubt {
  readonly name: string;
  readonly pool: string;
  /** The base that it tried; undefined where it tried none. */
  readonly tried: string | undefined;
  /** By `azureKey`. */
  readonly agentPool: string;
  /** Epoch ms: only a reading that began then or later tells. */
  readonly since: number;
  readonly error: string;
  /** The guest says so itself; else its end is all that tells. */
  readonly isTold: boolean;
  /** It counts already, until it is settled that the agent was at work. */
  readonly isBlamed: boolean;
}

/** A doubt that a reading has settled. */
export interface Verdict {
  readonly doubt: Doubt;
  readonly wasAtWork: boolean;
}

/**
 * A pool with an agent that was at work after all has jobs so short, and is known for it so long: its next doubt is settled by the
 * reading that comes anyway.
 */
const KNOWN_MS = 600_000;

/**
 * Agents whose end tells that something is wrong, unless they had a job that was so short that no reading shows it yet. The
 * first doubt of an agent is the one, but for what its guest says itself, which tells more than its end.
 */
export class Doubts {
  readonly #doubts = new Map<string, Doubt>();
  /** By pool: when an agent of it was last found to have been at work (epoch ms). */
  readonly #acquitted = new Map<string, number>();
  #added = new Set<string>();

  add(doubt: Doubt): void {
    const earlier = this.#doubts.get(doubt.name);
    if (earlier !== undefined && (earlier.isTold || !doubt.isTold)) return;
    this.#doubts.set(doubt.name, doubt);
    const acquittedAt = this.#acquitted.get(doubt.pool) ?? Number.NEGATIVE_INFINITY;
    if (doubt.isBlamed || doubt.since >= acquittedAt + KNOWN_MS) this.#added.add(doubt.agentPool);
  }

  /** The agent pools to be read soon for what was added since this was last asked, by `azureKey`. */
  takeAdded(): readonly string[] {
    const added = [...this.#added];
    this.#added = new Set();
    return added;
  }

  /** Takes out what these readings settle. */
  settle(registrations: ReadonlyMap<string, Reading<readonly Registration[]>>): readonly Verdict[] {
    return [...this.#doubts.values()].flatMap(doubt => {
      const reading = registrations.get(doubt.agentPool);
      if (!reading?.known || reading.at < doubt.since) return [];
      this.#doubts.delete(doubt.name);
      const shown = reading.value.find(({ name }) => name === doubt.name);
      const wasAtWork = shown?.online === true || takenBy(shown) !== undefined;
      if (wasAtWork) this.#acquitted.set(doubt.pool, reading.at);
      return [{ doubt, wasAtWork }];
    });
  }
}
