import { type Agent, takenBy } from '../model/agent.js';
import { knownValue } from '../model/observed.js';
import type { Death } from './death.js';
import type { AgentLife } from './page-document.js';
import { printable, printableLine } from './printable.js';

/** An agent that wavers must not fill the memory; the latest phases are kept. */
const MOST_PHASES = 32;
/** A title is foreign text of any length, and there are thousands. */
const MOST_TITLE = 120;
/** A reason holds what a failure said; its record has all of it. */
const MOST_WHY = 500;

/** The life with the phase that an agent was seen in. Pure. */
export function lived(life: AgentLife | undefined, agent: Agent, at: number): AgentLife {
  const { name, phase, pool } = agent;
  const job = takenBy(knownValue(agent.registration)) ?? knownValue(agent.registration)?.assigned;
  const base = life?.base ?? agent.instance?.base;
  return {
    ...(life ?? { name, pool: printableLine(pool) }),
    // Its instance is gone then: that is an end and no phase.
    phases: phase === 'orphan' ? (life?.phases ?? []) : [...(life?.phases ?? []).slice(1 - MOST_PHASES), { phase, at }],
    ...(base === undefined ? {} : { base }),
    ...(job === undefined ? {} : { job: titleOf(job.jobName), requestId: job.requestId }),
  };
}

/** What its record says of an agent that ended, in place of what was known of its life. Pure. */
export function lifeOf(death: Death): AgentLife {
  return {
    name: death.name,
    pool: printableLine(death.pool),
    phases: death.phases.slice(-MOST_PHASES),
    ...(death.base === undefined ? {} : { base: death.base }),
    ...(death.job === undefined ? {} : { job: titleOf(death.job) }),
    ...(death.requestId === undefined ? {} : { requestId: death.requestId }),
    ...(death.result === undefined ? {} : { result: titleOf(death.result) }),
    endedAt: death.goneAt,
    why: cut(printable(death.why), MOST_WHY),
  };
}

/** The title of a job, or another foreign word, short and harmless. */
export function titleOf(text: string): string {
  return cut(printableLine(text), MOST_TITLE);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
