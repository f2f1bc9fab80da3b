import type { Agent } from '../model/agent.js';
import type { Biography, PhaseSeen } from './biography.js';
import { whyItEnded } from './why-it-ended.js';

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
  /** When Incus made its instance; undefined where no daemon of ours saw it. */
  readonly createdAt?: number | undefined;
  readonly goneAt: number;
  /** The latest of its phases. */
  readonly phases: readonly PhaseSeen[];
  /** Processes that the kernel killed because the guest was out of memory, as the guest tells it: its job may forge that. */
  readonly memoryKills: number;
  readonly lastLines: string;
}

/** Puts an end to a biography: when the instance was found gone, and why, in words. Pure. */
export function deathOf(agent: Agent, biography: Biography, goneAt: number): Death {
  return {
    name: agent.name,
    pool: agent.pool,
    base: biography.base,
    why: `${whyItEnded(biography, agent.life.requestId)}${biography.memoryKills > 0 ? '; by its own word it was out of memory' : ''}`,
    job: biography.job?.jobName,
    result: biography.job?.result,
    waitedMs: biography.job?.waitedMs,
    requestId: agent.life.requestId,
    createdAt: biography.createdAt,
    goneAt,
    phases: biography.phases,
    memoryKills: biography.memoryKills,
    lastLines: biography.lastLines,
  };
}
