import { setTimeout as delay } from 'node:timers/promises';
import { formatDuration } from '../lib/units.js';
import type { StatusDocument } from '../report/status.js';
import { callDaemon } from './control.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';

const LOOK_MS = 1_000;

/** What is drained: one pool, one agent, or, neither given, the host. */
export interface Scope {
  readonly pool: string | undefined;
  readonly agent: string | undefined;
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
    const left = await look(scope, socket);
    if (Array.isArray(left) && left.length === 0) {
      output.write('Drained.\n');
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

async function look(scope: Scope, socket: string): Promise<readonly string[] | string> {
  try {
    return leftIn((await callDaemon(socket, 'GET', '/status')) as StatusDocument, scope);
  } catch (error) {
    return `Waiting for the daemon: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/**
 * The agents that are left, each with what it does; a sentence while the status cannot tell, which is never taken for
 * nothing. A job whose machine is gone is no agent any more, though Azure may believe in it for minutes.
 */
export function leftIn(status: StatusDocument, { agent, pool }: Scope): readonly string[] | string {
  if (!status.incus.readable) return `Waiting for Incus, which cannot be read: ${status.incus.error ?? ''}.`;
  const pools = status.pools.filter(({ name }) => pool === undefined || name === pool);
  if (agent === undefined && !pools.every(({ drained }) => drained)) return 'Waiting for the daemon to look.';
  const all = [...pools, ...(pool === undefined ? status.removed : [])];
  const making = agent === undefined ? all.flatMap(({ underWay }) => underWay.filter(isCreation)) : [];
  const agents = all
    .flatMap(one => one.agents)
    .filter(one => (agent === undefined || one.name === agent) && (one.phase !== 'orphan' || one.job === undefined));
  return [
    ...agents.map(({ job, name, phase }) => `${name} (${phase}${job === undefined ? '' : `, ${job}`})`),
    ...making.map(({ on }) => `${on} (being made)`),
  ];
}

function isCreation({ action }: { readonly action: string }): boolean {
  return action === 'create-instance';
}
