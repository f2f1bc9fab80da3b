import { setTimeout as delay } from 'node:timers/promises';
import { readGuestLog } from '../execute/read-guest-log.js';
import { UserError } from '../lib/user-error.js';
import type { Death } from '../report/death.js';
import { printable } from '../report/printable.js';
import type { StatusDocument } from '../report/status-document.js';
import { askDaemon, NoDaemonError } from './control.js';
import { expectRunning, openIncusOf } from './guest.js';
import { GuestText } from './guest-text.js';
import { formatDeath, printLogs } from './logs.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';

interface Options {
  readonly socket: string;
  readonly config: string;
  readonly json?: boolean;
  readonly follow?: boolean;
}

/** The daemon writes the record of an agent down when it has seen its end. */
const RECORD_MS = 10_000;
const LOOK_MS = 500;

/**
 * Shows the logs of an agent: of one that lives its last lines, and with `follow` what comes until it ends; of one that ended
 * why it did, and its last lines. Without a name, the agents that ended.
 *
 * @throws UserError when there is no such agent, or when the options contradict each other.
 */
export async function showLogs(agent: string | undefined, options: Options, output: Output): Promise<void> {
  if (options.follow && (agent === undefined || options.json))
    throw new UserError('logs: --follow is for one agent, by its name, and for people: leave out --json');
  if (agent === undefined || options.json || !(await isLiving(agent, options)))
    return printLogs(agent, options, output);
  using stop = stopSignals(() => {});
  const { signal } = stop;
  const text = new GuestText(output);
  try {
    await using incus = await openIncusOf(options.config);
    await expectRunning(incus, agent, signal);
    const follow = options.follow === true;
    const isCut = await readGuestLog(incus, agent, { follow, onOutput: chunk => text.take(chunk) }, signal);
    if (isCut) output.write('\n... the rest is left out: its logs are longer than 1 MiB\n');
    if (follow) await showEnd(agent, text.lastLine, options, output, signal);
  } catch (error) {
    // Ctrl-C is how it is ended.
    if (!signal.aborted) throw error;
  }
}

/** Whether its log is to be read in its guest: the daemon sees its instance, or there is no daemon to tell of its end. */
async function isLiving(agent: string, { socket }: Options): Promise<boolean> {
  try {
    const { pools, removed } = (await askDaemon(socket, '/status')) as StatusDocument;
    const found = [...pools, ...removed].flatMap(({ agents }) => agents).find(({ name }) => name === agent);
    return found !== undefined && found.phase !== 'orphan' && found.phase !== 'stopped';
  } catch (error) {
    if (error instanceof NoDaemonError) return true;
    throw error;
  }
}

/** Waits for the record of an agent whose guest has gone, and shows what is in it and was not shown yet. */
async function showEnd(
  agent: string,
  lastShown: string,
  { socket }: Options,
  { write }: Output,
  signal: AbortSignal,
): Promise<void> {
  for (const giveUpAt = performance.now() + RECORD_MS; ; ) {
    const death = await askDaemon(socket, `/deaths/${encodeURIComponent(agent)}`).catch((error: unknown) => error);
    if (!(death instanceof Error)) {
      const { lastLines, ...rest } = death as Death;
      return write(`${unseen(printable(lastLines), lastShown)}\n${formatDeath({ ...rest, lastLines: '' })}`);
    }
    if (death instanceof NoDaemonError || performance.now() > giveUpAt) break;
    await delay(LOOK_MS, undefined, { signal });
  }
  write(`\n${agent} has ended, or its log cannot be read any more; "status" and "logs ${agent}" tell more.\n`);
}

/** Of its last lines as the daemon kept them those that its guest did not live to show: it may go before they are looked at. */
export function unseen(lastLines: string, lastShown: string): string {
  const at = lastShown === '' ? -1 : lastLines.lastIndexOf(lastShown);
  return at === -1 ? lastLines : lastLines.slice(at + lastShown.length).trimStart();
}
