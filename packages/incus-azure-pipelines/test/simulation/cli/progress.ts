const TTY_EVERY_MS = 200;
const LINE_EVERY_MS = 10_000;

/** Tells how far the work has come: in place on a terminal, else in a line now and then. */
export class Progress {
  readonly #total: number;
  readonly #of: string;
  readonly #startAt = performance.now();
  #toldAt = this.#startAt;

  constructor(total: number, of: string) {
    this.#total = total;
    this.#of = of;
  }

  show(done: number, orders: number): void {
    const now = performance.now();
    const { isTTY } = process.stderr;
    if (now - this.#toldAt < (isTTY ? TTY_EVERY_MS : LINE_EVERY_MS)) return;
    this.#toldAt = now;
    const perSecond = Math.round((done * 1_000) / (now - this.#startAt));
    const text = `${done} of ${this.#total} ${this.#of}, ${perSecond} a second, ${orders} interleavings`;
    process.stderr.write(isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }
}
