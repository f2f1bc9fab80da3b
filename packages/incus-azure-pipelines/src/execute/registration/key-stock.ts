import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../lib/clock.js';

/** A key takes a core for a tenth of a second or more, and few thousand bytes; more than these are never kept. */
const MOST_KEYS = 128;
/** Nobody took a key for so long: the cores are free. */
const QUIET_MS = 30_000;

const CLOSED = 'make the key of an agent: the daemon is stopping';

const generate = promisify(generateKeyPair);

/** Makes an agent's key, RSA-2048 with the usual exponent, off the main thread. */
async function makeKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048, publicExponent: 65_537 });
  return privateKey;
}

export interface KeyStockOptions {
  readonly clock: Clock;
  readonly make?: () => Promise<KeyObject>;
  /** Hears how many keys are ready, and how many are wanted at rest, whenever either has changed. */
  readonly onChange?: (ready: number, wanted: number) => void;
}

interface Waiting {
  readonly give: (key: KeyObject) => void;
  readonly fail: (error: unknown) => void;
}

/** How many keys are to be ready. */
export interface WantedKeys {
  /** Always: as many as agents may be wanted at one time. */
  readonly always: number;
  /** Where it is quiet enough to make them: agents that are made, come and go need the cores. */
  readonly atRest: number;
}

/**
 * Keys made ahead of need, so that no activation waits for one: some at any time, the rest in quiet hours, since a
 * key costs as much as half a boot. They are made one at a time: the threads that make them also look up names and
 * read files.
 */
export class KeyStock implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #make: () => Promise<KeyObject>;
  readonly #onChange: (ready: number, wanted: number) => void;
  readonly #keys: KeyObject[] = [];
  readonly #waiting = new Set<Waiting>();
  #wanted: WantedKeys = { always: 0, atRest: 0 };
  #making = false;
  #untilQuiet: AbortController | undefined;
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor({ clock, make = makeKey, onChange = () => {} }: KeyStockOptions) {
    this.#clock = clock;
    this.#make = make;
    this.#onChange = onChange;
  }

  /** Keys that are ready to be taken. */
  get ready(): number {
    return this.#keys.length;
  }

  /** From now on keeps so many keys ready, within reason. */
  keep({ always, atRest }: WantedKeys): void {
    // Who is new here has agents to make.
    if (this.#wanted.atRest === 0 && atRest > 0) this.#awaitQuiet();
    this.#wanted = { always: Math.min(always, MOST_KEYS), atRest: Math.min(atRest, MOST_KEYS) };
    this.#changed();
    this.#fill();
  }

  /** Takes a key that nobody else gets: at once where one is ready, else the next one that is made. */
  async take(signal: AbortSignal): Promise<KeyObject> {
    signal.throwIfAborted();
    if (this.#closed) throw new Error(CLOSED);
    this.#awaitQuiet();
    const ready = this.#keys.shift();
    if (ready) this.#changed();
    const key = ready ?? this.#next(signal);
    this.#fill();
    return key;
  }

  /** Makes no more keys; who still waits for one is told so. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#untilQuiet?.abort();
    this.#failAll(new Error(CLOSED));
    await this.#filling;
  }

  async #next(signal: AbortSignal): Promise<KeyObject> {
    let stop = () => {};
    let waiting: Waiting | undefined;
    try {
      return await new Promise<KeyObject>((give, fail) => {
        waiting = { give, fail };
        this.#waiting.add(waiting);
        stop = () => fail(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      if (waiting) this.#waiting.delete(waiting);
    }
  }

  #awaitQuiet(): void {
    this.#untilQuiet?.abort();
    const over = new AbortController();
    this.#untilQuiet = over;
    this.#clock.sleep(QUIET_MS, over.signal).then(
      () => {
        this.#untilQuiet = undefined;
        this.#fill();
      },
      () => {},
    );
  }

  #fill(): void {
    if (!this.#making) this.#filling = this.#makeWanted();
  }

  async #makeWanted(): Promise<void> {
    this.#making = true;
    try {
      while (!this.#closed && (this.#waiting.size > 0 || this.#keys.length < this.#due)) this.#hand(await this.#make());
    } catch (error) {
      // Whoever takes a key later tries again; without anybody who asks, nothing is tried.
      this.#failAll(error);
    } finally {
      this.#making = false;
    }
  }

  #changed(): void {
    this.#onChange(this.ready, this.#wanted.atRest);
  }

  get #due(): number {
    return this.#untilQuiet ? this.#wanted.always : this.#wanted.atRest;
  }

  #hand(key: KeyObject): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#keys.push(key);
      this.#changed();
      return;
    }
    this.#waiting.delete(first);
    first.give(key);
  }

  #failAll(error: unknown): void {
    for (const waiting of this.#waiting) waiting.fail(error);
    this.#waiting.clear();
  }
}
