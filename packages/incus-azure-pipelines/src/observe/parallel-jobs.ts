import type { UnfinishedRequest } from '../model/queue.js';

/**
 * What of the parallel jobs of an organisation is left for the requests of one agent pool, as far as it shows; what its other pools
 * run is not seen, and such a request is found out by waiting beside idle agents. One request more than the server lets run has its
 * agent: if it is given a job, the number was wrong, and does not count while so many run. Pure.
 */
export class ParallelJobs {
  readonly #most: number | undefined;
  #left: number;

  /** `most`: how many may run at once, where that is known; `having`: the requests that agents have. */
  constructor(most: number | undefined, requests: readonly UnfinishedRequest[], having: ReadonlySet<number>) {
    const running = requests.filter(
      ({ isPrivate, received, requestId }) => isPrivate && (received || having.has(requestId)),
    ).length;
    this.#most = most !== undefined && running <= most ? most : undefined;
    this.#left = (most ?? 0) + 1 - running;
  }

  /** Takes one for a request that could be done; where there is none left, gives back how many run at once. */
  take({ isPrivate }: UnfinishedRequest): number | undefined {
    if (this.#most === undefined || !isPrivate) return undefined;
    this.#left -= 1;
    return this.#left < 0 ? this.#most : undefined;
  }
}
