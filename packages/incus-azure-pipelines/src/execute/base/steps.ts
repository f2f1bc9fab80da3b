import type { OnProgress } from '../../model/progress.js';

/** Counts the steps of a long deed and tells each as it begins. */
export class Steps {
  readonly onProgress: OnProgress;
  readonly #of: number;
  #step = 0;

  constructor(of: number, onProgress: OnProgress) {
    this.onProgress = onProgress;
    this.#of = of;
  }

  /** Tells that the next step begins. */
  next(text: string): void {
    this.#step += 1;
    this.onProgress({ kind: 'step', text, step: this.#step, of: this.#of });
  }
}
