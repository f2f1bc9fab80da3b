import type { Clock } from '../lib/clock.js';
import { hostObstacle } from './host-limits.js';

export interface HostWatchOptions {
  /** Most instances that the pools may have at one time; undefined where Incus runs on another host, of which nothing is known. */
  readonly instances: () => number | undefined;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly readInotifyLimit: () => Promise<number>;
}

/** Whether this host has room for so many instances, looked at anew in every interval. */
export class HostWatch {
  readonly #options: HostWatchOptions;
  #obstacle: string | undefined;

  constructor(options: HostWatchOptions) {
    this.#options = options;
  }

  /** What the latest look has found in the way, in words; undefined while nothing is. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  async look(): Promise<void> {
    const { instances, readInotifyLimit } = this.#options;
    const most = instances();
    if (most !== undefined) this.#obstacle = await hostObstacle(most, readInotifyLimit);
  }

  /** Looks until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(intervalMs, signal).catch(() => {});
      await this.look();
    }
  }
}
