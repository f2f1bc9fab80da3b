import type { Clock } from '../lib/clock.js';
import type { Output, Screen } from './output.js';
import { cut } from './table.js';

/** From the end of one drawing to the next: no daemon is asked more often for it. */
const PAUSE_MS = 1_000;

export interface Watch {
  readonly write: Output['write'];
  readonly screen: NonNullable<Output['screen']>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
}

/** Draws a text over and over until the signal aborts. What keeps it from being read is drawn in its place. */
export async function watch(show: () => Promise<string>, { clock, screen, signal, write }: Watch): Promise<void> {
  write(CLEARED);
  while (!signal.aborted) {
    const text = await show().catch((error: unknown) => `${error instanceof Error ? error.message : String(error)}\n`);
    write(drawing(text, screen()));
    await clock.sleep(PAUSE_MS, signal).catch(() => {});
  }
}

/** What puts a text on a screen, over what was there: no line is longer than the screen, and what does not fit is counted. */
export function drawing(text: string, { columns, rows }: Screen): string {
  const lines = text.trimEnd().split('\n');
  const room = Math.max(1, rows - 1);
  const left = lines.length - room + 1;
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `... and ${left} more lines`];
  return `${HOME}${shown.map(line => `${cut(line, columns)}${REST_OF_LINE}\n`).join('')}${REST_OF_SCREEN}`;
}

const CLEARED = '\u001b[2J';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';
