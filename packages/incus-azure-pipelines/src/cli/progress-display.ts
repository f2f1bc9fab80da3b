import type { Progress } from '../model/progress.js';
import { printableLine } from '../report/printable.js';
import type { Output } from './output.js';

const BAR_WIDTH = 20;

/** Shows how a long deed gets on: a bar that stays in its place on a terminal, else one line for each step. */
export class ProgressDisplay {
  readonly #output: Output;
  #step: Extract<Progress, { kind: 'step' }> | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  show(progress: Progress): void {
    if (progress.kind === 'step') this.#begin(progress);
    else this.#draw(progress.kind === 'part' ? progress.done : 0, progress.text);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#step !== undefined && this.#output.columns !== undefined) this.#output.complain(CLEARED);
    this.#step = undefined;
  }

  #begin(progress: Extract<Progress, { kind: 'step' }>): void {
    const { step, of, text } = progress;
    if (this.#step?.step === step && this.#step.text === text) return;
    this.#step = progress;
    if (this.#output.columns === undefined) this.#output.complain(`${step}/${of} ${printableLine(text)}\n`);
    else this.#draw(0, '');
  }

  #draw(done: number, detail: string): void {
    const { columns } = this.#output;
    if (columns === undefined || this.#step === undefined) return;
    const { step, of, text } = this.#step;
    const filled = Math.round(((step - 1 + done) / of) * BAR_WIDTH);
    const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '-');
    const line = [`[${bar}] ${step}/${of}`, text, detail].filter(part => part !== '').map(printableLine);
    this.#output.complain(`${CLEARED}${line.join('  ').slice(0, columns - 1)}`);
  }
}

const CLEARED = '\r\u001b[K';
