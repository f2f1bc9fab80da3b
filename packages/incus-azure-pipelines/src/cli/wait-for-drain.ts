import { setTimeout as delay } from 'node:timers/promises';
import { formatDuration } from '../lib/units.js';
import type { StatusDocument } from '../report/status-document.js';
import { callDaemon } from './control.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';

const LOOK_MS = 1_000;

/** What is drained: one pool, one agent, or, neither given, the host. */
export interface Scope {
  readonly pool: string | undefined;
  readonly agent: string | undefined;
  /** Whether placeholders are to go too. */
  readonly placeholders?: boolean;
}

export interface Wait {
  readonly socket: string;
  readonly timeoutMs: number;
  /** What of that is over already. */
  readonly waitedMs: number;
  readonly output: Output;
}

/**
 * Waits until nothing of what is drained is left, and tells whenever that changes. A daemon that is away for a while, or
 * that cannot read Incus, is waited for too. Gives back the exit code: 0 drained; 1 when the time is over or a signal came.
 */
export async function waitForDrain(scope: Scope, { socket, timeoutMs, waitedMs, output }: Wait): Promise<number> {
  const giveUpAt = performance.now() + timeoutMs - waitedMs;
  using stop = stopSignals(() => {});
  let before = '';
  for (;;) {
    const { left, unread } = await look(scope, socket);
    if (Array.isArray(left) && left.length === 0) {
      output.write(unread.length === 0 ? 'Drained.\n' : `Drained, but for ${unread.join(', ')}: ${WHY_UNREAD}.\n`);
      return 0;
    }
    const text = typeof left === 'string' ? left : `Waiting for ${left.join(', ')}.`;
    if (text !== before) output.write(`${text}\n`);
    before = text;
    if (stop.signal.aborted || performance.now() > giveUpAt) {
      const why = stop.signal.aborted ? 'stopped waiting' : `not drained within ${formatDuration(timeoutMs)}`;
      output.complain(`${why}; the drain goes on, and "status" shows what is left\n`);
      return 1;
    }
    await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
}

const WHY_UNREAD = 'their pool is not in the configuration any more, and no other reads its agent pool';

interface Sight {
  readonly left: readonly string[] | string;
  readonly unread: readonly string[];
}

async function look(scope: Scope, socket: string): Promise<Sight> {
  try {
    const status = (await callDaemon(socket, 'GET', '/status')) as StatusDocument;
    return { left: leftIn(status, scope), unread: unreadIn(status, scope) };
  } catch (error) {
    return { left: `Waiting for the daemon: ${error instanceof Error ? error.message : String(error)}.`, unread: [] };
  }
}

/** Names of agents that nobody can drain, since their pool was removed and none reads its agent pool: they end by themselves. */
export function unreadIn({ removed }: StatusDocument, { agent, pool }: Scope): readonly string[] {
  if ((agent ?? pool) !== undefined) return [];
  return removed.filter(({ unread }) => unread).flatMap(({ agents }) => agents.map(({ name }) => name));
}

/**
 * The agents that are left, each with what it does; a sentence while the status cannot tell, which is never taken for
 * nothing. A job whose machine is gone is no agent any more, though Azure may believe in it for minutes.
 */
export function leftIn(status: StatusDocument, { agent, placeholders, pool }: Scope): readonly string[] | string {
  if (!status.incus.readable) return `Waiting for Incus, which cannot be read: ${status.incus.error ?? ''}.`;
  const pools = status.pools.filter(({ name }) => pool === undefined || name === pool);
  if (agent === undefined && !pools.every(({ drained }) => drained)) return 'Waiting for the daemon to look.';
  // Of an agent that a person has named the end is told, whoever can bring it about.
  const removed = pool === undefined ? status.removed.filter(({ unread }) => !unread || agent !== undefined) : [];
  const all = [...pools, ...removed];
  const making = agent === undefined ? all.flatMap(({ underWay }) => underWay.filter(isCreation)) : [];
  const agents = all
    .flatMap(one => one.agents)
    .filter(one => (agent === undefined || one.name === agent) && (one.phase !== 'orphan' || one.job === undefined));
  return [
    ...agents.map(({ job, name, phase }) => `${name} (${phase}${job === undefined ? '' : `, ${job}`})`),
    ...(placeholders ? pools.flatMap(one => one.placeholder ?? []) : []).map(({ name }) => `${name} (placeholder)`),
    ...making.map(({ on }) => `${on} (being made)`),
  ];
}

function isCreation({ action }: { readonly action: string }): boolean {
  return action === 'create-instance';
}
