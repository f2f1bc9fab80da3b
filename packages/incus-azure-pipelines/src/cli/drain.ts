import { type Clock, systemClock } from '../lib/clock.js';
import { parseDuration } from '../lib/units.js';
import { UserError } from '../lib/user-error.js';
import { callComingDaemon } from './call-coming-daemon.js';
import { callDaemon } from './control.js';
import type { Output } from './output.js';
import { waitForDrain } from './wait-for-drain.js';

export interface ResumeOptions {
  readonly socket: string;
  readonly agent?: string;
}

export interface DrainOptions extends ResumeOptions {
  readonly host?: boolean;
  readonly all?: boolean;
  readonly removePlaceholder?: boolean;
  readonly untilBoot?: boolean;
  readonly wait?: boolean;
  readonly timeout?: string;
}

/**
 * Drains the host, one pool or one agent, and waits for the end where asked to. Gives back the exit code: 1 when the time
 * is over before the last agent is gone, or when somebody stops the wait; the drain goes on all the same. Who waits for the
 * end also waits, for a minute at most, for a daemon that is away.
 */
export async function drain(
  pool: string | undefined,
  options: DrainOptions,
  output: Output,
  clock: Clock = systemClock,
): Promise<number> {
  const { agent, all, host = all, removePlaceholder, socket, untilBoot } = options;
  if ([pool, agent, host].filter(given => given !== undefined).length > 1)
    throw new UserError('drain: give a pool, or --agent, or --host, and not more than one of them');
  if (untilBoot && (pool ?? agent) !== undefined)
    throw new UserError('drain: --until-boot is for the host alone; leave out the pool or the agent');
  if (removePlaceholder && (pool ?? agent) !== undefined)
    throw new UserError('drain: --remove-placeholder is for the host alone; leave out the pool or the agent');
  if (removePlaceholder && untilBoot)
    throw new UserError(
      'drain: a drain that ends by itself keeps the placeholder; leave out one of --until-boot and --remove-placeholder',
    );
  const timeoutMs = timeoutOf(options);
  const query = queryOf(pool, agent);
  if (untilBoot) query.set('untilBoot', '');
  if (removePlaceholder) query.set('removePlaceholder', '');
  const path = `/drain?${query.toString()}`;
  const begunAt = clock.now();
  if (options.wait) {
    const onAway = (why: string) => output.write(`Waiting for the daemon: ${why}.\n`);
    await callComingDaemon(path, { socket, timeoutMs, onAway, clock });
  } else await callDaemon(socket, 'POST', path);
  output.write(
    `${told(pool, agent)}: no new jobs once Azure has each agent as disabled; a running one ends by itself. Watch it with "status", take it back with "resume".\n`,
  );
  const waitedMs = clock.now() - begunAt;
  return options.wait
    ? await waitForDrain(
        { pool, agent, placeholders: removePlaceholder === true },
        { socket, timeoutMs, waitedMs, output },
      )
    : 0;
}

/** Takes a drain back: of one pool, of one agent, or every one. */
export async function resume(pool: string | undefined, options: ResumeOptions, { write }: Output): Promise<void> {
  const { agent, socket } = options;
  if (pool !== undefined && agent !== undefined) throw new UserError('resume: give a pool or --agent, not both');
  await callDaemon(socket, 'POST', `/resume?${queryOf(pool, agent).toString()}`);
  // Who has disabled it is not known for sure, and may be a person: nothing that is disabled is enabled again.
  const stays = 'it stays, unless Azure has it as disabled by now: then it goes, and another takes its place';
  write(`${told(pool, agent)}: ${agent === undefined ? 'agents are made again' : stays}.\n`);
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
