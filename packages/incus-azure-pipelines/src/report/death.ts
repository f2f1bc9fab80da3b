import type { Agent } from '../model/agent.js';
import type { EndReason } from '../model/end.js';
import type { Want } from '../model/want.js';
import type { Biography, PhaseSeen } from './biography.js';
import { whyItEnded } from './why-it-ended.js';

/** What is kept of an agent whose instance is gone. Instants are epoch ms; `lastLines` and `job` are foreign text. */
export interface Death {
  readonly name: string;
  readonly pool: string;
  readonly base: string | undefined;
  /** One of few words to count by; a record of an older release has none. */
  readonly reason?: EndReason;
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
  /** Processes that the kernel killed because the guest was out of memory. */
  readonly memoryKills: number;
  /** It is the host that counted them; else the guest, whose job may forge that. A record of an older release has no such word. */
  readonly killsSeenByHost?: boolean;
  readonly lastLines: string;
}

/** Puts an end to a biography: when the instance was found gone, and why, in words. Pure. */
export function deathOf(agent: Agent, biography: Biography, goneAt: number): Death & { readonly reason: EndReason } {
  const { reason, words } = whyItEnded(biography, agent.life.requestId);
  return {
    name: agent.name,
    pool: agent.pool,
    base: biography.base,
    reason,
    why: [
      words,
      ...wantOfMemory(biography),
      ...memoryHint(reason, biography),
      ...biography.wants.map(want => WANTS[want]),
    ].join('; '),
    job: biography.job?.jobName,
    result: biography.job?.result,
    waitedMs: biography.job?.waitedMs,
    requestId: agent.life.requestId,
    createdAt: biography.createdAt,
    goneAt,
    phases: biography.phases,
    memoryKills: biography.memoryKills,
    killsSeenByHost: biography.killsSeenByHost,
    lastLines: biography.lastLines,
  };
}

const WANTS: Readonly<Record<Want, string>> = {
  processes: 'out of processes: the kernel started no more, by its limit or one set within',
  disk: 'by its own word out of room on its disk',
};

/** What was killed in it for want of memory, in words; nothing where nobody tells of any. */
function wantOfMemory({ killsSeenByHost, memoryKills }: Biography): string[] {
  if (memoryKills === 0) return [];
  const what = `out of memory: the kernel killed ${memoryKills} ${memoryKills === 1 ? 'process' : 'processes'}`;
  return [killsSeenByHost ? what : `by its own word ${what}`];
}

/** Where the guest went before it could be asked, as it does when its job takes memory as a disk: what the host alone knows. */
function memoryHint(reason: EndReason, { killsAround, memoryKills }: Biography): string[] {
  if (memoryKills > 0 || killsAround === 0 || !(reason === 'vanished-busy' || reason === 'vanished')) return [];
  const what = killsAround === 1 ? 'a process' : `${killsAround} processes`;
  return [`perhaps out of memory: the host killed ${what} for want of it in the minute before, here or elsewhere`];
}
