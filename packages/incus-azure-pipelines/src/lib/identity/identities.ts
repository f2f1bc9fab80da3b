import type { Clock } from '../clock.js';
import { Identity, type TokenSource } from './identity.js';

/** Who each pool is to Azure. Pools whose tokens have one source are one. */
export class Identities implements Disposable {
  readonly #identities = new Map<TokenSource, Identity>();
  readonly #sources: ReadonlyMap<string, TokenSource>;
  readonly #clock: Clock;

  constructor(sources: ReadonlyMap<string, TokenSource>, clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  /** @throws Error for a pool that is not in the configuration. */
  of(pool: string): Identity {
    const source = this.#sources.get(pool);
    if (source === undefined) throw new Error(`"${pool}" is not in the configuration`);
    const identity = this.#identities.get(source) ?? new Identity(source, this.#clock);
    this.#identities.set(source, identity);
    return identity;
  }

  /** Ends whatever is being asked for a token. */
  [Symbol.dispose](): void {
    for (const identity of this.#identities.values()) identity[Symbol.dispose]();
  }
}
