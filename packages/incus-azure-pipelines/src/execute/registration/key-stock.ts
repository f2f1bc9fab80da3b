import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** A key takes a core for a tenth of a second or more, and few thousand bytes; more than these are never kept. */
const MOST_KEYS = 32;

const CLOSED = 'make the key of an agent: the daemon is stopping';

const generate = promisify(generateKeyPair);

/** Makes an agent's key, RSA-2048 with the usual exponent, off the main thread. */
async function makeKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048, publicExponent: 65_537 });
  return privateKey;
}

interface Waiting {
  readonly give: (key: KeyObject) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Keys made ahead of need, so that no activation waits for one. They are made one at a time: the threads that make them
 * also look up names and read files.
 */
export class KeyStock implements AsyncDisposable {
  readonly #make: () => Promise<KeyObject>;
  readonly #keys: KeyObject[] = [];
  readonly #waiting = new Set<Waiting>();
  #wanted = 0;
  #busy = false;
  #filling: Promise<void> | undefined;
  #closed = false;

  constructor(make: () => Promise<KeyObject> = makeKey) {
    this.#make = make;
  }

  /** Keys that are ready to be taken. */
  get ready(): number {
    return this.#keys.length;
  }

  /** From now on keeps so many keys ready, within reason. */
  keep(count: number): void {
    this.#wanted = Math.min(count, MOST_KEYS);
    this.#fill();
  }

  /** Takes a key that nobody else gets: at once where one is ready, else the next one that is made. */
  async take(signal: AbortSignal): Promise<KeyObject> {
    signal.throwIfAborted();
    if (this.#closed) throw new Error(CLOSED);
    const ready = this.#keys.shift();
    const key = ready ?? this.#next(signal);
    this.#fill();
    return key;
  }

  /** Makes no more keys; who still waits for one is told so. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
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

  #fill(): void {
    if (!this.#busy) this.#filling = this.#makeWanted();
  }

  async #makeWanted(): Promise<void> {
    this.#busy = true;
    try {
      while (!this.#closed && (this.#waiting.size > 0 || this.#keys.length < this.#wanted))
        this.#hand(await this.#make());
    } catch (error) {
      // Whoever takes a key later tries again; without anybody who asks, nothing is tried.
      this.#failAll(error);
    } finally {
      this.#busy = false;
    }
  }

  #hand(key: KeyObject): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#keys.push(key);
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
