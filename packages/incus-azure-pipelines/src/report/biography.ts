import type { Action } from '../model/action.js';
import { type Agent, type AgentPhase, type JobRequest, takenBy } from '../model/agent.js';
import type { End } from '../model/end.js';
import { knownValue } from '../model/observed.js';
import type { Want } from '../model/want.js';

/** An agent that wavers for weeks between two phases must not fill the memory; the latest phases are kept. */
const MOST_PHASES = 64;

/** What was seen of one agent while it lived. Instants are epoch ms. */
export interface Biography {
  readonly phases: readonly PhaseSeen[];
  /** Our own deeds, the first of each kind, with the phase that the agent was in. */
  readonly deeds: readonly Deed[];
  readonly job: JobRequest | undefined;
  readonly base: string | undefined;
  readonly createdAt: number | undefined;
  readonly memoryKills: number;
  readonly killsSeenByHost: boolean;
  /** Processes that the host killed for want of memory, in any guest, in the minute before its end. */
  readonly killsAround: number;
  readonly wants: readonly Want[];
  readonly lastLines: string;
  /** It ended while nobody looked, and in which time. */
  readonly unseen: End | undefined;
}

export interface PhaseSeen {
  readonly phase: AgentPhase;
  readonly at: number;
}

export interface Deed {
  readonly action: Action;
  readonly phase: AgentPhase | undefined;
}

export const UNBORN: Biography = {
  phases: [],
  deeds: [],
  job: undefined,
  base: undefined,
  createdAt: undefined,
  memoryKills: 0,
  killsSeenByHost: false,
  killsAround: 0,
  wants: [],
  lastLines: '',
  unseen: undefined,
};

/** The biography with what this sight of the agent adds. */
export function seen(biography: Biography, agent: Agent, at: number): Biography {
  return {
    ...biography,
    phases: [...biography.phases.slice(1 - MOST_PHASES), { phase: agent.phase, at }],
    job: takenBy(knownValue(agent.registration)) ?? biography.job,
    base: biography.base ?? agent.instance?.base,
    createdAt: biography.createdAt ?? agent.instance?.createdAt,
  };
}

/** The biography with a deed of ours; one that is tried again is no other. */
export function did(biography: Biography, action: Action): Biography {
  if (biography.deeds.some(deed => deed.action.kind === action.kind)) return biography;
  return { ...biography, deeds: [...biography.deeds, { action, phase: biography.phases.at(-1)?.phase }] };
}
