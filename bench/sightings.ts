import { setTimeout as delay } from 'node:timers/promises';

/** An agent came online, or its job was done. `at` is epoch ms. */
export interface Sighting {
  readonly kind: 'online' | 'done';
  readonly name: string;
  readonly at: number;
}

/** One place that was freed by the end of a job, and the agent that took it. */
export interface Replacement {
  readonly ended: string;
  readonly doneAt: number;
  readonly replacement: string;
  readonly onlineAt: number;
}

/**
 * Pairs ends of jobs with the agents that came for them. In a pool of `places` agents, each good for one job, the n-th
 * end is made up for by agent number `places` + n: before it, one place was empty.
 */
export function replacementsOf(sightings: readonly Sighting[], places: number): readonly Replacement[] {
  const inOrder = [...sightings].sort((a, b) => a.at - b.at);
  const online = inOrder.filter(({ kind }) => kind === 'online');
  return inOrder
    .filter(({ kind }) => kind === 'done')
    .flatMap((done, index) => {
      const next = online[places + index];
      if (next === undefined) return [];
      return [{ ended: done.name, doneAt: done.at, replacement: next.name, onlineAt: next.at }];
    });
}

/** The longest time between two neighbouring moments of some; 0 for fewer than two. */
export function largestGap(moments: readonly number[]): number {
  const inOrder = [...moments].sort((a, b) => a - b);
  return Math.max(0, ...inOrder.slice(1).map((at, index) => at - (inOrder[index] ?? at)));
}

/** Keeps what was seen, and lets somebody wait for more. */
export class Sightings {
  readonly #seen: Sighting[] = [];
  #wake: (() => void) | undefined;

  get all(): readonly Sighting[] {
    return this.#seen;
  }

  count(kind: Sighting['kind']): number {
    return this.#seen.filter(sighting => sighting.kind === kind).length;
  }

  add(sighting: Sighting): void {
    this.#seen.push(sighting);
    this.#wake?.();
  }

  /** Resolves when so many of a kind were seen. @throws Error at the deadline, with what was seen until then. */
  async reach(kind: Sighting['kind'], count: number, deadlineMs: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const late = delay(deadlineMs, undefined, { signal: either }).then(() => {
      throw new Error(`wait for ${count} agents ${kind}: ${this.count(kind)} within ${deadlineMs / 1000} s`);
    });
    try {
      while (this.count(kind) < count) {
        const woken = new Promise<void>(resolve => {
          this.#wake = resolve;
        });
        await Promise.race([woken, late]);
      }
    } finally {
      over.abort();
      await late.catch(() => undefined);
    }
    signal.throwIfAborted();
  }
}
