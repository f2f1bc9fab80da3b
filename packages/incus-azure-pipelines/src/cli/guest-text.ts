import { printable } from '../report/printable.js';
import type { Output } from './output.js';

/** What may wait to be shown. A guest can print faster than a terminal shows it, and would else fill the memory. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** So much of the last line is kept. */
const LONGEST_LINE = 1_000;

/** Shows what a guest prints as text that no terminal obeys; what the reader is too slow for is left out, and counted. */
export class GuestText {
  readonly #output: Pick<Output, 'write' | 'waitingBytes'>;
  readonly #decoder = new TextDecoder();
  #leftOut = 0;
  #line = '';

  constructor(output: Pick<Output, 'write' | 'waitingBytes'>) {
    this.#output = output;
  }

  /** The last line that was shown; empty before there is one. */
  get lastLine(): string {
    return this.#line;
  }

  take(chunk: Uint8Array): void {
    // Decoded all the same, so that no character is cut in two.
    const text = this.#decoder.decode(chunk, { stream: true });
    if ((this.#output.waitingBytes?.() ?? 0) > MOST_WAITING_BYTES) {
      this.#leftOut += chunk.byteLength;
      return;
    }
    if (this.#leftOut > 0) this.#output.write(`\n... ${this.#leftOut} bytes left out: they came too fast\n`);
    this.#leftOut = 0;
    const shown = printable(text);
    this.#output.write(shown);
    this.#line = shown.trimEnd().split('\n').at(-1)?.slice(-LONGEST_LINE) || this.#line;
  }
}
