import type { Clock } from '../lib/clock.js';
import type { HostRoom } from '../model/host-room.js';
import { hostObstacle } from './host-limits.js';
import { type RoomSources, readHostRoom } from './host-room.js';

export interface HostWatchOptions {
  /** Most instances that the pools may have at one time; undefined where Incus runs on another host, of which nothing is known. */
  readonly instances: () => number | undefined;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly readInotifyLimit: () => Promise<number>;
  /** Where what the host has free is read. */
  readonly sources: () => RoomSources;
}

/** Whether this host can hold so many instances, looked at anew in every interval; and on demand, what it has free. */
export class HostWatch {
  readonly #options: HostWatchOptions;
  #obstacle: string | undefined;
  #room: HostRoom | undefined;
  #reading: Promise<void> | undefined;

  constructor(options: HostWatchOptions) {
    this.#options = options;
  }

  /** What the latest look has found in the way, in words; undefined while nothing is. */
  get obstacle(): string | undefined {
    return this.#obstacle;
  }

  /** What the latest reading has found free; undefined before the first one, and where there is no reserve. */
  get room(): HostRoom | undefined {
    return this.#room;
  }

  /** Reads what is free; who asks meanwhile waits for the same reading. Never rejects: what cannot be read is not known. */
  async readRoom(signal: AbortSignal): Promise<void> {
    this.#reading ??= this.#readRoom(signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readRoom(signal: AbortSignal): Promise<void> {
    const { clock, sources } = this.#options;
    const room = await readHostRoom(sources(), clock.now(), signal);
    if (!signal.aborted) this.#room = room;
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
