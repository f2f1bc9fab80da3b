import type { AgentPhase } from '../../src/model/agent.js';
import type { Fault } from './faults.js';

/** How often each of some things was seen. */
type Counts = Readonly<Record<string, number>>;

/** What happened in some worlds, as plain data, so that it can be sent, added up and printed. */
export interface Tally {
  readonly worlds: number;
  readonly passes: number;
  readonly jobs: number;
  readonly instances: number;
  /** The longest that a world took from the end of its storm until all had come right. */
  readonly slowestPeaceMs: number;
  readonly faults: Counts;
  /** By `pairOf`: how often a fault struck while an agent was in a phase. */
  readonly pairs: Counts;
  /** By the step that a daemon was waiting for when it was killed. */
  readonly crashes: Counts;
  /** By promise: how often it was checked. */
  readonly checks: Counts;
}

/** Names a fault that struck while an agent was in a phase. */
export function pairOf(phase: AgentPhase, fault: Fault): string {
  return `${phase} / ${fault}`;
}
