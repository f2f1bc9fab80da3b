import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type FakeClock, settled } from './simulation/fake-clock.js';

const BEGUN = 'undici:request:create';
const ENDED = ['undici:request:trailers', 'undici:request:error'];

/** Nothing here takes so long by itself. */
const STUCK_MS = 60_000;

/** Lets minutes pass in no time. While a call or a file is waited for the clock stands still, so that neither is ever late. */
export class TimeLapse implements Disposable {
  readonly #clock: FakeClock;
  readonly #underWay = new Set<object>();
  readonly #note = (message: unknown) => void this.#underWay.add(requestOf(message));
  readonly #forget = (message: unknown) => void this.#underWay.delete(requestOf(message));

  constructor(clock: FakeClock) {
    this.#clock = clock;
    subscribe(BEGUN, this.#note);
    for (const name of ENDED) subscribe(name, this.#forget);
  }

  /** Lets `ms` pass, each sleeper waking at its own instant. */
  async pass(ms: number): Promise<void> {
    const until = this.#clock.now() + ms;
    for (;;) {
      await this.atRest();
      const next = Math.min(this.#clock.nextAt ?? until, until);
      await this.#clock.advance(Math.max(0, next - this.#clock.now()));
      if (this.#clock.now() >= until) break;
    }
    await this.atRest();
  }

  /** Lets time pass until `holds` does, and gives back how much. @throws Error when it does not within `mostMs`. */
  async until(holds: () => boolean, mostMs: number, stepMs = 100): Promise<number> {
    const begunAt = this.#clock.now();
    await this.atRest();
    while (!holds()) {
      if (this.#clock.now() - begunAt >= mostMs) throw new Error(`what was awaited did not come within ${mostMs} ms`);
      await this.pass(stepMs);
    }
    return this.#clock.now() - begunAt;
  }

  /** Resolves when no call and no file is waited for, and nothing follows from the last one any more. */
  async atRest(): Promise<void> {
    const giveUpAt = performance.now() + STUCK_MS;
    const files = () => process.getActiveResourcesInfo().filter(isOfFile);
    do {
      await settled();
      if (performance.now() > giveUpAt)
        throw new Error(`${this.#underWay.size} calls and ${files().length} files hang`);
    } while (this.#underWay.size > 0 || files().length > 0);
  }

  [Symbol.dispose](): void {
    unsubscribe(BEGUN, this.#note);
    for (const name of ENDED) unsubscribe(name, this.#forget);
  }
}

/** Names by which Node knows what waits for a file: FSReqCallback, FSReqPromise, and CloseReq of one that is closed. */
function isOfFile(resource: string): boolean {
  return /^(FSReq|CloseReq)/.test(resource);
}

function requestOf(message: unknown): object {
  return (message as { readonly request: object }).request;
}
