import type { IncusEvent } from 'incus-client';
import { activateGuest, type BareGuest, createGuest, releaseGuest } from './bare-guest.js';

/** How a bare pool is to be, in the terms of the configuration file. */
export interface BarePoolOptions {
  readonly agentCount: number;
  readonly reserve: number;
  readonly maxConcurrentCreates: number;
}

/**
 * The floor: a pool of agents kept by nothing but calls to Incus, with the same base, the same guest contract and the
 * same limit on creations, and no Azure, no planning, no checks and no recovery. Any failure ends it.
 */
export class BarePool {
  readonly #guest: BareGuest;
  readonly #options: BarePoolOptions;
  readonly #signal: AbortSignal;
  readonly #booting = new Set<string>();
  readonly #prepared: string[] = [];
  readonly #live = new Set<string>();
  #births = 0;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(guest: BareGuest, options: BarePoolOptions, signal: AbortSignal) {
    this.#guest = guest;
    this.#options = options;
    this.#signal = signal;
  }

  /** Runs until the signal aborts; what it made is the caller's to delete. @throws whatever a call throws. */
  async run(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    await Promise.race([this.#follow(), failed]).catch((error: unknown) => {
      if (!this.#signal.aborted) throw error;
    });
  }

  async #follow(): Promise<void> {
    const events = this.#guest.incus.events.subscribe({ types: ['lifecycle'], signal: this.#signal });
    for await (const event of events) this.#hear(event);
  }

  #hear(event: IncusEvent): void {
    if (event.type === 'gap') {
      this.#fill();
      return;
    }
    if (event.type !== 'lifecycle' || event.metadata.action !== 'instance-ready') return;
    const { name = '' } = event.metadata;
    // The same word twice: prepared, and after the activation finished.
    if (this.#booting.delete(name)) this.#prepared.push(name);
    else if (this.#live.delete(name)) this.#start(releaseGuest(this.#guest, name, this.#signal));
    this.#fill();
  }

  #fill(): void {
    const { agentCount, reserve, maxConcurrentCreates } = this.#options;
    while (this.#live.size < agentCount) {
      const name = this.#prepared.shift();
      if (name === undefined) break;
      this.#live.add(name);
      this.#start(activateGuest(this.#guest, name, this.#signal));
    }
    const wanted = agentCount - this.#live.size + reserve;
    while (this.#booting.size < maxConcurrentCreates && this.#booting.size + this.#prepared.length < wanted) {
      this.#births += 1;
      const name = `bare-${Date.now().toString(36)}-${this.#births}`;
      this.#booting.add(name);
      this.#start(createGuest(this.#guest, name, this.#signal));
    }
  }

  #start(call: Promise<void>): void {
    call.catch(error => this.#fail(error));
  }
}
