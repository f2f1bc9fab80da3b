import type { Agent, AgentPhase } from '../model/agent.js';
import type { PoolStatus, StatusDocument } from './status-document.js';

/** Phases before an agent is online. */
const COMING: ReadonlySet<AgentPhase | undefined> = new Set(['preparing', 'prepared', 'listening', 'starting']);
/** Phases in which an agent that had a job has it no more. */
const OVER: ReadonlySet<AgentPhase | undefined> = new Set(['finished', 'stopped', 'orphan']);

/**
 * Measures from the end of a job to the next agent that is online, in one pool. Places have no names: who comes first is
 * taken for the successor of who went first, which leaves the mean right whatever the order was.
 */
export class Replacements {
  /** When (epoch ms) jobs ended whose place is still empty, the earliest first. */
  readonly #ended: number[] = [];

  /** Tells in which phase an agent is seen from `at` on (epoch ms); gives back the ms that a place was empty which it fills. */
  seen({ life, phase }: Agent, from: AgentPhase | undefined, at: number): number | undefined {
    if (isThere(phase)) {
      // Its guest said that it was finished, and Azure that it was not.
      if (OVER.has(from)) this.#ended.pop();
      const endedAt = COMING.has(from) ? this.#ended.shift() : undefined;
      return endedAt === undefined ? undefined : at - endedAt;
    }
    const hadJob = from === 'busy' || life.requestId !== undefined;
    if (OVER.has(phase) && hadJob && from !== undefined && !OVER.has(from)) this.#ended.push(at);
    return undefined;
  }

  /** A pass has shown what is there. Of more ends than empty places, the youngest need no successor: the next agent comes for the oldest. */
  looked(document: StatusDocument, pool: PoolStatus): void {
    this.#ended.length = Math.min(this.#ended.length, emptyPlaces(document, pool));
  }
}

/** Places of a pool that nobody takes; none while nobody can tell. */
function emptyPlaces({ incus }: StatusDocument, { agents, azure, target }: PoolStatus): number {
  if (!incus.readable || !azure.readable) return 0;
  return Math.max(0, target - agents.filter(({ phase }) => isThere(phase)).length);
}

function isThere(phase: AgentPhase): boolean {
  return phase === 'idle' || phase === 'busy';
}
