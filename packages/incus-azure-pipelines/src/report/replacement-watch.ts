import type { AgentPhase } from '../model/agent.js';

/**
 * Tells how long places of one pool took to be filled again: from an agent that had done its job to the next one that could
 * take one. Places have no names, so the one that waits longest is the one that is filled.
 */
export class ReplacementWatch {
  readonly #emptySince: number[] = [];

  /** An agent has changed its phase; how long (ms) the place took that it fills, if it fills one. */
  saw(from: AgentPhase | undefined, phase: AgentPhase, at: number): number | undefined {
    if (from === 'busy' && phase !== 'offline' && phase !== 'unclear') this.#emptySince.push(at);
    if (!isThere(phase) || isThere(from)) return undefined;
    const since = this.#emptySince.shift();
    return since === undefined ? undefined : at - since;
  }

  /** So many places are empty now. Of more, the youngest are not wanted any more: the next agent comes for the oldest. */
  areEmpty(places: number): void {
    this.#emptySince.length = Math.min(this.#emptySince.length, places);
  }
}

function isThere(phase: AgentPhase | undefined): boolean {
  return phase === 'idle' || phase === 'busy';
}
