import { renderBlock } from './block.js';
import type { Display } from './display.js';
import type { Paint } from './paint.js';
import { cut, duration, plain } from './text.js';
import type { View } from './view.js';

const redrawMs = 120;
const wheel = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'] as const;
/** Control sequences of ECMA-48 that every terminal obeys. */
const ansi = {
  hideCursor: '\u001b[?25l',
  showCursor: '\u001b[?25h',
  clearLine: '\u001b[K',
  clearBelow: '\u001b[J',
} as const;

/** What is needed of a stream that is a terminal; where it has no size, it is taken for one of 80 by 24. */
interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

/** Draws one block at the bottom of a terminal, over and over in place; what is said stays above it. */
export class LiveDisplay implements Display {
  readonly paint: Paint;
  readonly #stream: Terminal;
  readonly #timer: NodeJS.Timeout;
  #step: { readonly title: string; readonly since: number; readonly detail: string } | undefined;
  #view: (() => View) | undefined;
  #drawnLines = 0;
  #turns = 0;

  constructor(stream: Terminal, paint: Paint) {
    this.#stream = stream;
    this.paint = paint;
    stream.write(ansi.hideCursor);
    this.#timer = setInterval(() => this.#draw(), redrawMs);
  }

  get columns(): number {
    return this.#stream.columns || 80;
  }

  begin(title: string): void {
    this.finish();
    this.#step = { title, since: performance.now(), detail: '' };
    this.#draw();
  }

  detail(text: string): void {
    if (this.#step !== undefined) this.#step = { ...this.#step, detail: plain(text) };
  }

  finish(result?: string): void {
    this.#end(this.paint('green', '✓'), result);
  }

  fail(): void {
    this.#end(this.paint('red', '✗'), 'broken off');
  }

  change(): void {}

  say(text: string): void {
    this.#stream.write(`${this.#backToTop()}${ansi.clearBelow}${text}\n`);
    this.#draw();
  }

  watch(view: (() => View) | undefined): void {
    this.#view = view;
    this.#draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#step = undefined;
    this.#stream.write(`${this.#backToTop()}${ansi.clearBelow}${ansi.showCursor}`);
  }

  #end(sign: string, result: string | undefined): void {
    if (this.#step === undefined) return;
    const { title, since } = this.#step;
    this.#step = undefined;
    const time = duration(performance.now() - since);
    const text = result === undefined ? title : `${title}: ${plain(result)}`;
    this.say(`${sign} ${cut(text, this.columns - time.length - 5)} ${this.paint('gray', time)}`);
  }

  #draw(): void {
    const { columns } = this;
    // The last row stays free for the cursor, or the terminal would scroll.
    const rows = (this.#stream.rows || 24) - 1;
    const lines = this.#step === undefined ? [] : [this.#stepLine(this.#step, columns)];
    if (this.#view !== undefined) {
      if (lines.length > 0) lines.push('');
      lines.push(...renderBlock(this.#view(), { columns, rows: rows - lines.length }, this.paint));
    }
    const text = lines.map(line => `${line}${ansi.clearLine}\n`).join('');
    this.#stream.write(`${this.#backToTop()}${text}${ansi.clearBelow}`);
    this.#drawnLines = lines.length;
  }

  #stepLine(
    step: { readonly title: string; readonly since: number; readonly detail: string },
    columns: number,
  ): string {
    this.#turns += 1;
    const sign = wheel[this.#turns % wheel.length] ?? '';
    const time = duration(performance.now() - step.since);
    const title = cut(step.title, columns - time.length - 5);
    const detail = cut(step.detail, columns - title.length - time.length - 6);
    return `${this.paint('yellow', sign)} ${title}  ${time}  ${this.paint('gray', detail)}`;
  }

  #backToTop(): string {
    const up = this.#drawnLines === 0 ? '\r' : `\r\u001b[${this.#drawnLines}A`;
    this.#drawnLines = 0;
    return up;
  }
}
