import type { StringMap } from 'incus-client';

/** How Incus says that it has no range of user ids left for one instance alone. */
const OUT_OF_IDS = /not enough [ug]id|not enough uid\/gid/i;

export interface IsolationParts {
  /** Why no guest gets a range of user ids of its own; undefined where each does. */
  readonly off: string | undefined;
  /** Told once, when it turns out that the host has too few. */
  readonly onOff: (why: string) => void;
}

/** Gives each guest a range of user ids of its own, so that one that breaks out of it owns nothing of the others. */
export class Isolation {
  readonly #onOff: (why: string) => void;
  #off: string | undefined;
  /** What Incus has said itself, which no reckoning takes back. */
  #isRefused = false;

  constructor({ off, onOff }: IsolationParts) {
    this.#off = off;
    this.#onOff = onOff;
  }

  /** Why it is off; undefined while it is not. */
  get off(): string | undefined {
    return this.#off;
  }

  /** Goes by another reckoning of why it is off, since there may be more guests now, or fewer. */
  reckon(off: string | undefined): void {
    if (this.#isRefused || off === this.#off) return;
    this.#off = off;
    if (off !== undefined) this.#onOff(off);
  }

  /** Creates an instance with the keys that it needs, and once more without where the host turns out to have too few ids. */
  async creating(create: (keys: StringMap) => Promise<unknown>): Promise<void> {
    const keys = () => ({ 'security.idmap.isolated': String(this.#off === undefined) });
    try {
      await create(keys());
    } catch (error) {
      if (this.#off !== undefined || !(error instanceof Error) || !OUT_OF_IDS.test(error.message)) throw error;
      this.#off = error.message;
      this.#isRefused = true;
      this.#onOff(error.message);
      await create(keys());
    }
  }
}
