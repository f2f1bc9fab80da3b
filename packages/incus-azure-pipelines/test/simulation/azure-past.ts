import type { Registration } from '../../src/model/agent.js';
import type { UnfinishedRequest } from '../../src/model/queue.js';

const KEPT_MS = 30_000;
/** However long ago they were. */
const KEPT_MOMENTS = 20;

/** What there was in an agent pool from a time on (true time, epoch ms). */
export interface Moment {
  readonly at: number;
  readonly registrations: readonly Registration[];
  readonly queue: readonly UnfinishedRequest[];
}

/** What a server that is behind shows of an agent pool. */
export class AzurePast {
  readonly #moments: Moment[] = [];

  /** Takes in what there is from now on. */
  note(moment: Moment): void {
    this.#moments.push(moment);
    const kept = this.#moments.findLastIndex(({ at }) => at <= moment.at - KEPT_MS);
    if (kept > KEPT_MOMENTS) this.#moments.splice(0, kept);
  }

  /** What there was at a time. */
  at(time: number): Moment {
    const nothing = { at: time, registrations: [], queue: [] };
    return this.#moments.findLast(({ at }) => at <= time) ?? nothing;
  }
}
