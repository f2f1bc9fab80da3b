import type { Action } from '../model/action.js';
import { type Agent, type AgentPhase, type JobRequest, takenBy } from '../model/agent.js';
import { knownValue } from '../model/observed.js';

/** What is kept of an agent whose instance is gone. Instants are epoch ms; `lastLines` and `job` are foreign text. */
export interface Death {
  readonly name: string;
  readonly pool: string;
  readonly base: string | undefined;
  readonly why: string;
  readonly job: string | undefined;
  /** How its job ended, in Azure's words. */
  readonly result: string | undefined;
  /** How long its job was in the queue, by Azure's clock. */
  readonly waitedMs: number | undefined;
  readonly requestId: number | undefined;
  readonly goneAt: number;
  readonly phases: readonly { readonly phase: AgentPhase; readonly at: number }[];
  /** Processes that the kernel killed because the guest was out of memory. */
  readonly memoryKills: number;
  readonly lastLines: string;
}

/** What was seen of one agent while it lived. */
export interface Biography {
  readonly phases: readonly { readonly phase: AgentPhase; readonly at: number }[];
  /** Our own deeds that end an agent, in order. */
  readonly deeds: readonly Action[];
  readonly job: JobRequest | undefined;
  readonly base: string | undefined;
  readonly memoryKills: number;
  readonly lastLines: string;
}

export const UNBORN: Biography = {
  phases: [],
  deeds: [],
  job: undefined,
  base: undefined,
  memoryKills: 0,
  lastLines: '',
};

/** The biography with what this sight of the agent adds. */
export function seen(biography: Biography, agent: Agent, at: number): Biography {
  return {
    ...biography,
    phases: [...biography.phases, { phase: agent.phase, at }],
    job: takenBy(knownValue(agent.registration)) ?? biography.job,
    base: biography.base ?? agent.instance?.base,
  };
}

/** Puts an end to a biography: when the instance was found gone, and why, in words. Pure. */
export function deathOf(agent: Agent, biography: Biography, goneAt: number): Death {
  return {
    name: agent.name,
    pool: agent.pool,
    base: biography.base,
    why: `${whyOf(biography, agent.life.requestId)}${biography.memoryKills > 0 ? '; it was out of memory' : ''}`,
    job: biography.job?.jobName,
    result: biography.job?.result,
    waitedMs: biography.job?.waitedMs,
    requestId: agent.life.requestId,
    goneAt,
    phases: biography.phases,
    memoryKills: biography.memoryKills,
    lastLines: biography.lastLines,
  };
}

/**
 * The reason of an end. What we did ourselves comes first, then what the guest's last phase says. A guest that goes
 * without having said *finished* was powered off or killed from within, or lost its host.
 */
function whyOf(biography: Biography, requestId: number | undefined): string {
  const deletion = biography.deeds.find(deed => deed.kind === 'delete-instance');
  if (deletion !== undefined) return `deleted: ${deletion.reason}`;
  const last = biography.phases.map(({ phase }) => phase).findLast(isLifelike);
  if (last === 'finished' && requestId !== undefined) return 'its job is done';
  const retired = biography.deeds.find(deed => deed.kind === 'delete-registration');
  if (last === 'finished' && retired !== undefined) return `retired: ${retired.reason}`;
  switch (last) {
    case 'finished':
      return 'its agent ended without a job that Azure showed';
    case 'busy':
      return 'went away while it held a job: powered off or killed from within, or with its host';
    case 'starting':
      return 'went away before its agent was online';
    case undefined:
    case 'preparing':
    case 'prepared':
      return 'went away before it was activated';
    case 'listening':
    case 'idle':
    case 'draining':
    case 'offline':
    case 'unclear':
      return `went away while it was ${last}`;
  }
}

function isLifelike(phase: AgentPhase): phase is Exclude<AgentPhase, 'orphan' | 'stopped'> {
  return phase !== 'orphan' && phase !== 'stopped';
}
