import type { Agent, AgentPhase } from '../model/agent.js';

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
  seen(agent: Agent, from: AgentPhase | undefined, at: number): number | undefined {
    const { life, phase } = agent;
    if (phase === 'idle' || phase === 'busy') {
      // Its guest said that it was finished, and Azure that it was not.
      if (OVER.has(from)) this.#ended.pop();
      const endedAt = COMING.has(from) ? this.#ended.shift() : undefined;
      return endedAt === undefined ? undefined : at - endedAt;
    }
    const hadJob = from === 'busy' || life.requestId !== undefined;
    if (OVER.has(phase) && hadJob && from !== undefined && !OVER.has(from)) this.#ended.push(at);
    return undefined;
  }

  /** Nothing is empty any more, or nobody can tell: what ended before has no successor. */
  forget(): void {
    this.#ended.length = 0;
  }
}
