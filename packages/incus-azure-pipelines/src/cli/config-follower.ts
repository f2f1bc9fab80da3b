import { stat } from 'node:fs/promises';
import { differenceOf } from '../config/difference.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import type { ConfigMessage } from '../config/message.js';
import type { Daemon } from '../daemon.js';
import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import { Doorbell } from '../lib/doorbell.js';
import type { Emit } from '../model/event.js';
import type { ConfigurationStatus } from '../report/status-document.js';

/** A file that has changed is taken up once two looks have found it the same: an editor may write it bit by bit. */
const LOOK_MS = 1_000;
/** What was refused is tried again after this time: the server may be well again, or the file be there that was named. */
const RETRY_MS = 30_000;

export interface ConfigFollowerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly onWarning: (warning: ConfigMessage) => void;
}

/** The configuration file of a daemon: read at the start, and again when it has changed or somebody asks. */
export class ConfigFollower {
  readonly #options: ConfigFollowerOptions;
  readonly #asked: Doorbell;
  /** How the file looked before it was read last. */
  #read: string;
  #inForce: LoadedConfig;
  #status: ConfigurationStatus;

  private constructor(options: ConfigFollowerOptions, read: string, inForce: LoadedConfig) {
    this.#options = options;
    this.#asked = new Doorbell(options.clock);
    this.#read = read;
    this.#inForce = inForce;
    this.#status = { file: options.path, takenAt: options.clock.now() };
  }

  /** Reads the file for the first time. @throws ConfigError when it cannot be used. */
  static async open(options: ConfigFollowerOptions): Promise<ConfigFollower> {
    const read = await lookOf(options.path);
    const config = await loadConfig(options.path);
    config.warnings.forEach(options.onWarning);
    return new ConfigFollower(options, read, config);
  }

  /** What is in force. */
  get config(): LoadedConfig {
    return this.#inForce;
  }

  /** When that was taken, and what was refused since. */
  get status(): ConfigurationStatus {
    return this.#status;
  }

  /** Asks for the file to be read now, whether it has changed or not. */
  ring(): void {
    this.#asked.ring();
  }

  /** Has the daemon go by what the file says, until the signal aborts. */
  async follow(daemon: Pick<Daemon, 'reload'>, emit: Emit, signal: AbortSignal): Promise<void> {
    const { clock, path } = this.#options;
    let before = this.#read;
    let retryAt = Number.POSITIVE_INFINITY;
    while (!signal.aborted) {
      const isAsked = await this.#pause(signal);
      if (signal.aborted) return;
      const look = await lookOf(path);
      const hasChanged = look !== this.#read && look === before;
      before = look;
      const isNew = isAsked || hasChanged;
      if (!isNew && clock.now() < retryAt) continue;
      this.#read = look;
      const isTaken = await this.#take(daemon, emit, isNew, signal);
      retryAt = isTaken ? Number.POSITIVE_INFINITY : clock.now() + RETRY_MS;
    }
  }

  /** Whether the file as it is was taken. Of one that was refused before for the same reason nothing is told unless it is new. */
  async #take(daemon: Pick<Daemon, 'reload'>, emit: Emit, isNew: boolean, signal: AbortSignal): Promise<boolean> {
    const { clock, onWarning, path } = this.#options;
    try {
      const next = await loadConfig(path);
      const changes = differenceOf(this.#inForce, next);
      const isSame = JSON.stringify(next.spec) === JSON.stringify(this.#inForce.spec);
      if (changes.length > 0 || !isSame) await daemon.reload(next, signal);
      this.#inForce = next;
      this.#status = { file: path, takenAt: clock.now() };
      emit('configuration-taken', { changes, at: clock.now() });
      next.warnings.forEach(onWarning);
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      const refused = { why: error instanceof Error ? error.message : String(error), at: clock.now() };
      const isToBeTold = isNew || refused.why !== this.#status.refused?.why;
      this.#status = { ...this.#status, refused };
      if (isToBeTold) emit('configuration-refused', refused);
      return false;
    }
  }

  /** Resolves when it is time for another look, or at once when somebody asks: then true. */
  async #pause(signal: AbortSignal): Promise<boolean> {
    using pause = childSignal(signal);
    const over = this.#options.clock.sleep(LOOK_MS, pause.signal).then(
      () => false,
      () => false,
    );
    return await Promise.race([over, this.#asked.wait(pause.signal).then(() => true)]);
  }
}

/** Text that is another when the file was changed; empty where there is none. */
async function lookOf(path: string): Promise<string> {
  try {
    const { ctimeNs, ino, mtimeNs, size } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return '';
  }
}
