import type { World } from './world.js';

/** What a killed daemon has sent arrives so long afterwards at the latest: a closed connection ends the rest. */
const LAST_CALL_MS = 2_000;

/** One process of the daemon: what it waits for comes, unless it is killed first. It can be killed at every wait. */
export class Process {
  readonly world: World;
  readonly #onCrash: (process: Process) => void;
  readonly #startAt: number;
  readonly #startedAt: number;
  /** When it was killed, in true time; undefined while it lives. */
  diedAt: number | undefined;

  constructor(world: World, onCrash: (process: Process) => void) {
    this.world = world;
    this.#onCrash = onCrash;
    this.#startAt = world.clock.now;
    this.#startedAt = world.timeline.now;
  }

  /** The daemon's own clock: that of the host as it was at the start, which nobody sets while it runs. */
  get now(): number {
    return this.#startAt + this.world.timeline.now - this.#startedAt;
  }

  get isAlive(): boolean {
    return this.diedAt === undefined;
  }

  /** Whether a call that was sent before its death may still arrive. */
  get isHeard(): boolean {
    return this.diedAt === undefined || this.world.timeline.now - this.diedAt < LAST_CALL_MS;
  }

  /** Waits `ms` for the step of that name. */
  wait(step: string, ms: number, then: () => void): void {
    const { timeline } = this.world;
    timeline.in(ms, () => {
      if (this.diedAt !== undefined) return;
      if (this.world.happens('crashes')) {
        this.world.chronicle.crash(step);
        this.world.strikeAll('daemon killed', `while it waited for: ${step}`);
        this.#onCrash(this);
      } else then();
    });
  }
}
