import { printable, printableLine } from './printable.js';

/** Priorities of syslog, by our own levels. */
const PRIORITIES: ReadonlyMap<unknown, number> = new Map([
  ['debug', 7],
  ['info', 6],
  ['warn', 4],
  ['error', 3],
  ['fatal', 2],
]);
const INFO = 6;
/** Levels that a person should see, in yellow and red. */
const COLOURS: ReadonlyMap<unknown, number> = new Map([
  ['warn', 33],
  ['error', 31],
  ['fatal', 31],
]);

/** A longer line is cut in two by the journal, by default at 48 KiB: `LineMax` in journald.conf(5). */
const MOST_BYTES = 40 * 1024 - '<7>\n'.length;
/** Stands for the beginning of a text. */
const CUT = '[...] ';

/**
 * A line of the log for the journal, which takes a priority from its beginning, and keeps the rest: so
 * `journalctl --priority warning` finds what is one. Source: sd-daemon(3). Of texts that are too long for one line of the journal
 * the end is kept: the next line might begin with a priority of a guest's choice.
 */
export function journalForm(line: string): string {
  const data = parsed(line);
  return `<${PRIORITIES.get(data.level) ?? INFO}>${Buffer.byteLength(line) < MOST_BYTES ? line : `${cut(data)}\n`}`;
}

function cut(data: object): string {
  for (let length = MOST_BYTES; ; length *= 0.75) {
    const json = JSON.stringify(data, (_, value: unknown) => ending(value, Math.floor(length)));
    if (Buffer.byteLength(json) < MOST_BYTES || length < CUT.length) return json;
  }
}

function ending(value: unknown, length: number): unknown {
  return typeof value === 'string' && value.length > length + CUT.length ? CUT + value.slice(-length) : value;
}

/**
 * A line of the log for a person at a terminal: time, level, what happened, and the data behind it. Text of several lines comes
 * below, indented. Nothing in it is obeyed by a terminal.
 *
 * @param colours whether levels that a person should see are coloured.
 */
export function terminalForm(line: string, colours: boolean): string {
  const { level, msg, time, ...data } = parsed(line);
  const word = String(level).padEnd(5);
  const colour = colours ? COLOURS.get(level) : undefined;
  const head = `${String(time).slice(11, 19)} ${colour === undefined ? word : `\u001b[${colour}m${word}\u001b[39m`}`;
  const entries = Object.entries(data).map(([key, value]) => [key, textOf(value)] as const);
  const beside = entries.filter(([, text]) => !text.includes('\n'));
  const below = entries.filter(([, text]) => text.includes('\n'));
  const blocks = below.map(([key, text]) => `  ${key}:\n${printable(text).replace(/^/gm, '    ')}\n`);
  const pairs = beside.map(([key, text]) => `  ${key}=${quoted(printableLine(text))}`);
  return `${head} ${printableLine(String(msg))}${pairs.join('')}\n${blocks.join('')}`;
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\n+$/, '');
  if (typeof value === 'object' && value !== null && 'stack' in value) return String(value.stack);
  return JSON.stringify(value);
}

function quoted(text: string): string {
  return text === '' || text.includes(' ') ? `"${text.replaceAll('"', '\\"')}"` : text;
}
