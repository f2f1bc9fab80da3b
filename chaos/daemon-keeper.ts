import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import type { Scenario } from '../testbed/scenario.js';

/** One process of the daemon, from its start to its end. */
export interface DaemonLife {
  readonly daemon: DaemonProcess;
  /** Whether it came as far as its loop. */
  ran: boolean;
  /** Its exit code, when it ended without being told to. */
  endedWith?: number | null;
}

/** How long it takes until one that ended by itself is started again. */
const restartMs = 1_000;
/** Within this time one has to run: no fault stays for so long. */
const startMs = 60_000;

/**
 * Keeps a daemon running as an init system does, and kills it when it is told to. One that ends as if a person had made a
 * mistake is started again all the same, so that the run goes on; the tally counts it as a broken promise.
 */
export class DaemonKeeper implements AsyncDisposable {
  readonly lives: DaemonLife[] = [];
  readonly #scenario: Scenario;
  readonly #keeping: Promise<void>;
  readonly #waiting = new Set<(life: DaemonLife) => void>();
  #isClosing = false;
  #pauseMs: number | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#keeping = this.#keep();
  }

  /** The daemon that runs now, or the next one that does. @throws Error when none does for a minute. */
  async running(): Promise<DaemonProcess> {
    const last = this.lives.at(-1);
    if (last?.ran === true && last.endedWith === undefined && this.#pauseMs === undefined) return last.daemon;
    return (await this.#next()).daemon;
  }

  /**
   * Kills the daemon, leaves it dead for a while, and returns once the next one runs; false where none is there.
   *
   * @throws Error when the next one does not run within a minute.
   */
  async kill(deadMs: number): Promise<boolean> {
    const life = this.lives.at(-1);
    if (life === undefined || life.endedWith !== undefined || this.#pauseMs !== undefined) return false;
    this.#pauseMs = deadMs;
    const next = this.#next(deadMs + startMs);
    await life.daemon.end('SIGKILL');
    await next;
    return true;
  }

  /** Ends the daemon as a person would, and gives back its exit code. */
  async end(): Promise<number | null | undefined> {
    this.#isClosing = true;
    const code = await this.lives.at(-1)?.daemon.end();
    await this.#keeping;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #keep(): Promise<void> {
    while (!this.#isClosing) {
      const daemon = this.#scenario.startDaemon();
      const life: DaemonLife = { daemon, ran: false };
      this.lives.push(life);
      const ended = daemon.seen(() => false).catch(() => undefined);
      void daemon
        .seen(({ msg }) => msg === 'running')
        .then(() => this.#hasBegun(life))
        .catch(() => undefined);
      await ended;
      const pauseMs = this.#pauseMs;
      if (this.#isClosing) return;
      if (pauseMs === undefined) life.endedWith = await daemon.end();
      await delay(pauseMs ?? restartMs);
      this.#pauseMs = undefined;
    }
  }

  /** The next one that runs. */
  async #next(deadlineMs = startMs): Promise<DaemonLife> {
    const over = new AbortController();
    const late = delay(deadlineMs, undefined, { signal: over.signal }).then(() => {
      throw new Error(`wait for the daemon: none runs; the last one said: ${this.lives.at(-1)?.daemon.stderr}`);
    });
    const next = new Promise<DaemonLife>(resolve => this.#waiting.add(resolve));
    try {
      return await Promise.race([next, late]);
    } finally {
      over.abort();
      await late.catch(() => undefined);
    }
  }

  #hasBegun(life: DaemonLife): void {
    life.ran = true;
    for (const resolve of this.#waiting) resolve(life);
    this.#waiting.clear();
  }
}
