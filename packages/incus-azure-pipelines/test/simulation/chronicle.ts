import type { AgentPhase } from '../../src/model/agent.js';
import { type Fault, UNHINDERING } from './faults.js';
import { pairOf } from './tally.js';

/** What one world has seen: counts always, and, for a replay, every event in words. */
export class Chronicle {
  readonly faults: Record<string, number> = {};
  readonly pairs: Record<string, number> = {};
  readonly crashes: Record<string, number> = {};
  /** When a fault last struck that may keep a daemon from what it has to do, or until when none runs (epoch ms). */
  hinderedAt = Number.NEGATIVE_INFINITY;
  /** Told lines, with the time since the start in ms; undefined where nobody reads them. */
  readonly lines: string[] | undefined;
  readonly #now: () => number;
  readonly #startAt: number;

  constructor(now: () => number, isTold: boolean) {
    this.#now = now;
    this.#startAt = now();
    this.lines = isTold ? [] : undefined;
  }

  /** A fault strikes agents that are in these phases. */
  strike(fault: Fault, phases: Iterable<AgentPhase>, what: string): void {
    count(this.faults, fault);
    if (!UNHINDERING.has(fault)) this.hinderedAt = Math.max(this.hinderedAt, this.#now());
    for (const phase of phases) count(this.pairs, pairOf(phase, fault));
    this.tell(() => `! ${fault}${what === '' ? '' : `: ${what}`}`);
  }

  crash(step: string): void {
    count(this.crashes, step);
  }

  tell(line: () => string): void {
    this.lines?.push(`${((this.#now() - this.#startAt) / 1_000).toFixed(3).padStart(9)} s  ${line()}`);
  }
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
