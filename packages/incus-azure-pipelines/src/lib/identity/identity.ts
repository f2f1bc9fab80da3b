/** Who a pool is to Azure: a token that is renewed ahead of its end, and another one where it is refused. */

import type { Clock } from '../clock.js';
import type { Secret } from '../secret.js';

export interface IssuedToken {
  readonly secret: Secret;
  /** Epoch ms; undefined where nobody tells. */
  readonly expiresAt?: number | undefined;
}

/** Where tokens come from. */
export interface TokenSource {
  /** `pat` for personal access tokens, `bearer` for tokens of Microsoft Entra. */
  readonly kind: 'pat' | 'bearer';
  /** Whether a token is kept until shortly before its end, since it costs something to ask for one. */
  readonly isKept: boolean;
  /** Asks for a token. Ends within a bounded time. @throws an error whose message is one sentence, without the token. */
  ask(signal: AbortSignal): Promise<IssuedToken>;
}

/** A token that is kept is renewed so long before its end, or, where nobody tells that, so long after it came. */
const AHEAD_MS = 300_000;
const UNKNOWN_LIFE_MS = 600_000;
/** What has failed or was refused is tried again after this time. */
const RETRY_MS = 30_000;
/** It is tried with the next call after that. Whatever that comes to is known by then: one that is not refused again is good. */
const ANSWERED_MS = 2 * RETRY_MS;
/** A file that is being written anew may be away or empty for this long. */
const REWRITTEN_MS = 60_000;

interface Held extends IssuedToken {
  readonly text: string;
  /** When the source last gave it. */
  askedAt: number;
  refusedAt?: number;
  /** The first of the refusals that have come one after the other; left out once it was tried again and is good. */
  refusedSince?: number;
  /** When it was first given out after the last refusal. */
  triedAt?: number;
}

export class Identity implements Disposable {
  readonly kind: TokenSource['kind'];
  readonly #source: TokenSource;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #closing = new AbortController();
  #latest: Held | undefined;
  /** The one before: good for a while yet where the latest is not good so far. */
  #earlier: Held | undefined;
  #asking: Promise<Held> | undefined;
  /** When the source was last asked because a token was refused. */
  #askedAnewAt = Number.NEGATIVE_INFINITY;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(source: TokenSource, clock: Pick<Clock, 'now'>) {
    this.kind = source.kind;
    this.#source = source;
    this.#clock = clock;
  }

  /** The token to go with. @throws what the source throws, when there is no token that may still be good. */
  async token(): Promise<Secret> {
    const latest = await this.#current();
    const earlier = this.#earlier;
    const isOlderBetter = this.#isRefused(latest) && earlier !== undefined && !this.#isRefused(earlier);
    if (!isOlderBetter) this.#try(latest);
    return (isOlderBetter ? earlier : latest).secret;
  }

  /**
   * Another token in place of one that was refused; undefined where there is none. The source is asked once more for it.
   *
   * @throws what the source throws, when that is why there is none.
   */
  async another(refused: string): Promise<Secret | undefined> {
    const now = this.#clock.now();
    if (this.#earlier?.text === refused) this.#earlier = undefined;
    if (this.#latest?.text === refused) {
      this.#latest.refusedSince ??= now;
      this.#latest.refusedAt = now;
      delete this.#latest.triedAt;
      const isAsked = this.#asking !== undefined;
      if (!this.#source.isKept || isAsked || now - this.#askedAnewAt >= RETRY_MS) {
        this.#askedAnewAt = now;
        await this.#ask().catch(() => undefined);
      }
    }
    const others = [this.#latest, this.#earlier];
    const other = others.find(held => held !== undefined && held.text !== refused && !this.#isRefused(held));
    if (other === undefined && this.#failure !== undefined) throw this.#failure.error;
    return other?.secret;
  }

  /** Since when the latest token is refused while the one before goes on; undefined where that is not so. */
  get coveredSince(): number | undefined {
    const isCovered = this.#earlier !== undefined && !this.#isRefused(this.#earlier);
    return isCovered ? this.#latest?.refusedSince : undefined;
  }

  /** Ends what is being asked. */
  [Symbol.dispose](): void {
    this.#closing.abort();
  }

  async #current(): Promise<Held> {
    const latest = this.#latest;
    const now = this.#clock.now();
    if (latest !== undefined && this.#source.isKept && now < renewedAt(latest)) return latest;
    const failure = this.#failure !== undefined && now - this.#failure.at < RETRY_MS ? this.#failure : undefined;
    if (latest !== undefined && this.#source.isKept && !this.#isRefused(latest)) {
      // It is good, so that nobody waits for the next one, which may take long. Why none comes is kept for when it matters.
      if (failure === undefined) this.#ask().catch(() => undefined);
      return latest;
    }
    try {
      if (failure !== undefined) throw failure.error;
      return await this.#ask();
    } catch (error) {
      const end = this.#source.isKept ? latest?.expiresAt : (latest?.askedAt ?? 0) + REWRITTEN_MS;
      if (latest !== undefined && now < (end ?? Number.POSITIVE_INFINITY)) return latest;
      throw error;
    }
  }

  /** The latest is given out, be it refused before: nobody tells that it is good but by no other refusal. */
  #try(latest: Held): void {
    if (latest.refusedSince === undefined) return;
    const now = this.#clock.now();
    latest.triedAt ??= now;
    if (now - latest.triedAt >= ANSWERED_MS) delete latest.refusedSince;
  }

  /** One at a time, however many wait for it. */
  #ask(): Promise<Held> {
    this.#asking ??= this.#askSource().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #askSource(): Promise<Held> {
    try {
      const issued = await this.#source.ask(this.#closing.signal);
      this.#failure = undefined;
      return this.#keep(issued);
    } catch (error) {
      if (this.#source.isKept) this.#failure = { error, at: this.#clock.now() };
      throw error;
    }
  }

  #keep(issued: IssuedToken): Held {
    const text = issued.secret.reveal();
    const askedAt = this.#clock.now();
    const before = this.#latest;
    const same = before?.text === text ? before : undefined;
    if (before !== undefined && same === undefined && !this.#isRefused(before)) this.#earlier = before;
    // It may be known by now until when one is good that was there before.
    this.#latest = {
      ...issued,
      text,
      askedAt,
      ...(same?.refusedAt === undefined ? {} : { refusedAt: same.refusedAt }),
      ...(same?.refusedSince === undefined ? {} : { refusedSince: same.refusedSince }),
      ...(same?.triedAt === undefined ? {} : { triedAt: same.triedAt }),
    };
    return this.#latest;
  }

  #isRefused({ expiresAt, refusedAt }: Held): boolean {
    const now = this.#clock.now();
    return (refusedAt !== undefined && now - refusedAt < RETRY_MS) || (expiresAt !== undefined && expiresAt <= now);
  }
}

/**
 * A token that lives shorter than twice the time ahead is renewed in the middle of its life. What has ended when it comes may be
 * good all the same, since clocks differ.
 */
function renewedAt({ askedAt, expiresAt }: Held): number {
  if (expiresAt === undefined) return askedAt + UNKNOWN_LIFE_MS;
  return Math.max(askedAt + RETRY_MS, expiresAt - Math.min(AHEAD_MS, (expiresAt - askedAt) / 2));
}
