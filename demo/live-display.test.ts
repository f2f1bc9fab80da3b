import { expect, test } from 'vitest';
import { jobView } from './for-tests.js';
import { LiveDisplay } from './live-display.js';
import { noPaint } from './paint.js';

const ESC = '\u001b';
/** Control sequences, and single characters. */
const PARTS = new RegExp(`${ESC}\\[\\??\\d*[a-zA-Z]|[^${ESC}]`, 'g');

/** A terminal that obeys what the display says, and no other control sequence. */
class FakeTerminal {
  readonly columns = 80;
  readonly rows: number;
  isCursorShown = true;
  readonly #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(rows = 24) {
    this.rows = rows;
  }

  /** What stands on it, empty lines at the end left out. */
  get screen(): string[] {
    const last = this.#lines.findLastIndex(line => line !== '');
    return this.#lines.slice(0, last + 1);
  }

  write(text: string): void {
    for (const [part] of text.matchAll(PARTS)) this.#take(part);
  }

  #take(part: string): void {
    const line = this.#lines[this.#row] ?? '';
    if (part === '\r') this.#column = 0;
    else if (part === '\n') [this.#row, this.#column] = [this.#row + 1, 0];
    else if (part === `${ESC}[?25l` || part === `${ESC}[?25h`) this.isCursorShown = part.endsWith('h');
    else if (part === `${ESC}[K`) this.#lines[this.#row] = line.slice(0, this.#column);
    else if (part === `${ESC}[J`) this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, line.slice(0, this.#column));
    else if (part.startsWith(`${ESC}[`) && part.endsWith('A')) this.#row -= Number(part.slice(2, -1));
    else {
      this.#lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + 1);
      this.#column += 1;
    }
    this.#lines[this.#row] ??= '';
  }
}

const view = (phase: string) => () => ({
  now: 1_000,
  agents: [{ name: 'demo-a1b2c3-1', phase, since: 0 }],
  jobs: [jobView('work', { startedAt: 0, lines: ['a line'] })],
});
const block = (phase: string) => [
  `Agents  1 ${phase}`,
  expect.stringMatching(new RegExp(`^ {2}demo-a1b2c3-1 +${phase} `)),
  '',
  'Jobs    1 running',
  expect.stringMatching(/^ {2}▸ work +running .* a line$/),
];

test('draws the block in place, with what is said above it', () => {
  const terminal = new FakeTerminal();
  using display = new LiveDisplay(terminal, noPaint);
  display.begin('filling the pool');
  display.watch(view('preparing'));
  expect(terminal.screen).toEqual([expect.stringMatching(/^\S filling the pool /), '', ...block('preparing')]);
  display.say('one thing');
  display.watch(view('idle'));
  expect(terminal.screen).toEqual(['one thing', expect.stringContaining('filling'), '', ...block('idle')]);
  display.finish('three agents');
  expect(terminal.screen).toEqual([
    'one thing',
    expect.stringMatching(/^✓ filling the pool: three agents /),
    ...block('idle'),
  ]);
});

test('never fills the last row, where the terminal would scroll', () => {
  const terminal = new FakeTerminal(4);
  using display = new LiveDisplay(terminal, noPaint);
  display.watch(view('idle'));
  expect(terminal.screen).toEqual(
    block('idle')
      .slice(0, 3)
      .filter(line => line !== ''),
  );
});

test('hides the cursor, and at its end shows it again and leaves what was said alone', () => {
  const terminal = new FakeTerminal();
  const display = new LiveDisplay(terminal, noPaint);
  expect(terminal.isCursorShown).toBe(false);
  display.say('one thing');
  display.begin('running jobs');
  display.watch(view('busy'));
  display[Symbol.dispose]();
  expect(terminal.isCursorShown).toBe(true);
  expect(terminal.screen).toEqual(['one thing']);
});
