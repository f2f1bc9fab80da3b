import type { Display } from './display.js';
import { noPaint } from './paint.js';
import { duration, plain } from './text.js';

const stillAliveMs = 10_000;

/** Writes one line per change, with the seconds since the start, for a file or a pipe. */
export class PipedDisplay implements Display {
  readonly paint = noPaint;
  /** Nothing wraps in a file, yet its readers have terminals. */
  readonly columns = 100;
  readonly #write: (text: string) => void;
  readonly #startedAt = performance.now();
  #step: { readonly title: string; readonly since: number } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  begin(title: string): void {
    this.finish();
    const since = performance.now();
    this.#step = { title, since };
    this.change(`${title} ...`);
    this.#timer = setInterval(() => this.change(`${title}: ${duration(performance.now() - since)}`), stillAliveMs);
  }

  detail(text: string): void {
    // A line per percent is for those who can redraw.
    if (!/\d ?%/.test(text)) this.change(text);
  }

  finish(result?: string): void {
    this.#end(result ?? 'done');
  }

  fail(): void {
    this.#end('broken off');
  }

  change(text: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1).padStart(6);
    this.#write(`${seconds}  ${plain(text)}\n`);
  }

  say(text: string): void {
    this.#write(`${text}\n`);
  }

  watch(): void {}

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#step = undefined;
  }

  #end(result: string): void {
    clearInterval(this.#timer);
    if (this.#step === undefined) return;
    const { title, since } = this.#step;
    this.#step = undefined;
    this.change(`${title}: ${result} (${duration(performance.now() - since)})`);
  }
}
