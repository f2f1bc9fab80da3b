import { UserError } from '../lib/user-error.js';
import type { Death } from '../report/death.js';
import { printable, printableLine } from '../report/printable.js';
import { askDaemon, callDaemon } from './control.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { table } from './table.js';

interface Options {
  readonly socket: string;
  readonly json?: boolean;
}

/** Shows the agents that ended, or, for one of them, why it ended and its last lines. */
export async function printLogs(agent: string | undefined, options: Options, { screen, write }: Output): Promise<void> {
  const path = agent === undefined ? '/deaths' : `/deaths/${encodeURIComponent(agent)}`;
  if (options.json) return write(formatJson(await callDaemon(options.socket, 'GET', path)));
  const answer = await askDaemon(options.socket, path);
  write(Array.isArray(answer) ? formatDeaths(answer, screen?.().columns) : formatDeath(answer as Death));
}

const HEAD = ['agent', 'pool', 'gone', 'job', 'result', 'why'];

/** The dead, the latest first, a line each; on a terminal that is too narrow for the reasons they stand below. */
export function formatDeaths(deaths: readonly Death[], width = Number.POSITIVE_INFINITY): string {
  if (deaths.length === 0) return 'No agent has ended yet.\n';
  const rows = deaths.map(death => [
    death.name,
    death.pool,
    instant(death.goneAt),
    printableLine(death.job ?? ''),
    printableLine(death.result ?? ''),
    death.why,
  ]);
  const whole = table(HEAD, rows);
  if (whole.split('\n').every(line => line.length <= width)) return whole;
  const [head, ...lines] = table(HEAD.slice(0, -1), rows, width).split('\n');
  return `${head}\n${deaths.map(({ why }, row) => `${lines[row]}\n  ${why}\n`).join('')}`;
}

/** One of them, with its phases and its last lines. */
export function formatDeath(death: Death): string {
  if (typeof death.name !== 'string') throw new UserError('the daemon answered with no record');
  const made = death.createdAt === undefined ? '' : `  ${instant(death.createdAt)}  made\n`;
  const phases = death.phases.map(({ phase, at }) => `  ${instant(at)}  ${phase}\n`).join('');
  const job = death.job === undefined ? 'none that Azure showed' : `${printableLine(death.job)}${outcome(death)}`;
  return `${death.name}: ${death.why}\njob: ${job}\n${made}${phases}  ${instant(death.goneAt)}  gone\n\n${printable(death.lastLines)}\n`;
}

function outcome({ result, waitedMs }: Death): string {
  const parts = [
    result && printableLine(result),
    waitedMs === undefined ? undefined : `${(waitedMs / 1000).toFixed(1)} s in the queue`,
  ];
  const told = parts.filter(part => part !== undefined);
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
