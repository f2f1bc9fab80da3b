import { stripVTControlCharacters } from 'node:util';

const keptLines = 30;
const longestLine = 500;

/** Takes the output of a command apart into lines that are fit to print, and remembers the last of them. */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder();
  readonly #last: string[] = [];
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next piece of output. */
  take(chunk: Uint8Array): void {
    const pieces = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/\r?\n|\r/);
    // A line without an end must not grow without one.
    this.#rest = (pieces.pop() ?? '').slice(0, longestLine);
    for (const piece of pieces) this.#tell(piece);
  }

  /** Takes what is left as the last line, and returns the last lines of all. */
  end(): readonly string[] {
    this.#tell(this.#rest + this.#decoder.decode());
    this.#rest = '';
    return this.#last;
  }

  #tell(text: string): void {
    const line = stripControls(text).slice(0, longestLine).trimEnd();
    if (line === '') return;
    this.#last.push(line);
    if (this.#last.length > keptLines) this.#last.shift();
    this.#onLine(line);
  }
}

/** Leaves out what would act on a terminal. */
function stripControls(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', ' ')
    .replaceAll(/\p{Cc}/gu, '');
}
