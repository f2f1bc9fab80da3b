import { setTimeout as delay } from 'node:timers/promises';
import { formatDuration, parseDuration } from '../lib/units.js';
import { UserError } from '../lib/user-error.js';
import type { StatusDocument } from '../report/status.js';
import { callDaemon } from './control.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';

const LOOK_MS = 1_000;

export interface ResumeOptions {
  readonly socket: string;
  readonly agent?: string;
}

export interface DrainOptions extends ResumeOptions {
  readonly host?: boolean;
  readonly untilBoot?: boolean;
  readonly wait?: boolean;
  readonly timeout?: string;
}

/**
 * Drains the host, one pool or one agent, and waits for the end where asked to. Gives back the exit code: 1 when the time
 * is over before the last agent is gone, or when somebody stops the wait; the drain goes on all the same.
 */
export async function drain(pool: string | undefined, options: DrainOptions, output: Output): Promise<number> {
  const { agent, host, socket, untilBoot } = options;
  if ([pool, agent, host].filter(given => given !== undefined).length > 1)
    throw new UserError('drain: give a pool, or --agent, or --host, and not more than one of them');
  if (untilBoot && (pool ?? agent) !== undefined)
    throw new UserError('drain: --until-boot is for the host alone; leave out the pool or the agent');
  const timeoutMs = timeoutOf(options);
  const query = queryOf(pool, agent);
  if (untilBoot) query.set('untilBoot', '');
  await callDaemon(socket, 'POST', `/drain?${query.toString()}`);
  output.write(
    `${told(pool, agent)}: no new jobs; a running one ends by itself. Watch it with "status", take it back with "resume".\n`,
  );
  return options.wait ? await waitForEnd({ pool, agent }, socket, timeoutMs, output) : 0;
}

/** Takes a drain back: of one pool, of one agent, or every one. */
export async function resume(pool: string | undefined, options: ResumeOptions, { write }: Output): Promise<void> {
  const { agent, socket } = options;
  if (pool !== undefined && agent !== undefined) throw new UserError('resume: give a pool or --agent, not both');
  await callDaemon(socket, 'POST', `/resume?${queryOf(pool, agent).toString()}`);
  write(`${told(pool, agent)}: ${agent === undefined ? 'agents are made again' : 'it stays'}.\n`);
}

interface Scope {
  readonly pool: string | undefined;
  readonly agent: string | undefined;
}

async function waitForEnd(scope: Scope, socket: string, timeoutMs: number, output: Output): Promise<number> {
  const giveUpAt = performance.now() + timeoutMs;
  using stop = stopSignals(() => {});
  let before = '';
  for (;;) {
    const left = leftIn((await callDaemon(socket, 'GET', '/status')) as StatusDocument, scope);
    if (left === undefined || left.length > 0) {
      const text = left === undefined ? 'Waiting for the daemon to look.' : `Waiting for ${left.join(', ')}.`;
      if (text !== before) output.write(`${text}\n`);
      before = text;
    } else {
      output.write('Drained.\n');
      return 0;
    }
    const isOver = stop.signal.aborted || performance.now() > giveUpAt;
    if (isOver) {
      const why = stop.signal.aborted ? 'stopped waiting' : `not drained within ${formatDuration(timeoutMs)}`;
      output.complain(`${why}; the drain goes on, and "status" shows what is left\n`);
      return 1;
    }
    await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
  }
}

/** The agents that are left, each with what it does; undefined while the status is older than the wish. */
export function leftIn(status: StatusDocument, { agent, pool }: Scope): readonly string[] | undefined {
  const pools = status.pools.filter(({ name }) => pool === undefined || name === pool);
  if (agent === undefined && !pools.every(({ drained }) => drained)) return undefined;
  const making = agent === undefined ? pools.flatMap(({ underWay }) => underWay.filter(isCreation)) : [];
  const agents = pools.flatMap(one => one.agents).filter(({ name }) => agent === undefined || name === agent);
  return [
    ...agents.map(({ job, name, phase }) => `${name} (${phase}${job === undefined ? '' : `, ${job}`})`),
    ...making.map(({ on }) => `${on} (being made)`),
  ];
}

function isCreation({ action }: { readonly action: string }): boolean {
  return action === 'create-instance';
}

function timeoutOf({ timeout, wait }: DrainOptions): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (!wait) throw new UserError('drain: --timeout bounds --wait; give both or neither');
  const ms = parseDuration(timeout);
  if (ms === undefined) throw new UserError(`drain: --timeout ${timeout} is no duration; write it like 90s or 1h30m`);
  return ms;
}

function queryOf(pool: string | undefined, agent: string | undefined): URLSearchParams {
  return new URLSearchParams({ ...(pool === undefined ? {} : { pool }), ...(agent === undefined ? {} : { agent }) });
}

function told(pool: string | undefined, agent: string | undefined): string {
  if (agent !== undefined) return `Agent ${agent}`;
  return pool === undefined ? 'All pools' : `Pool ${pool}`;
}
