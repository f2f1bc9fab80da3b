import type { Registration } from '../model/agent.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
import type { UnfinishedRequest } from '../model/queue.js';
import { Pace } from '../observe/pace.js';
import type { Agenda } from './agenda.js';
import type { World } from './world.js';

export interface PollsOptions {
  readonly intervalMs: number;
  readonly readsQueue: boolean;
  readonly onRead: () => void;
}

/**
 * What a daemon has read of Azure, at the times at which it reads: each interval, and sooner where it has to. A reading that could show nothing new is left out, which makes the nights of a trace short.
 */
export class Polls {
  readonly #agenda: Agenda;
  readonly #world: World;
  readonly #options: PollsOptions;
  #registrations: Reading<readonly Registration[]>;
  #requests: Reading<readonly UnfinishedRequest[]>;
  readonly #pace: Pace;
  #readAt: number;
  #dueAt = Number.POSITIVE_INFINITY;
  #isNews = false;

  constructor(agenda: Agenda, world: World, options: PollsOptions) {
    this.#agenda = agenda;
    this.#world = world;
    this.#options = options;
    const unread = { known: false, error: NOT_READ_YET, since: agenda.now } as const;
    this.#registrations = unread;
    this.#requests = unread;
    this.#readAt = agenda.now - options.intervalMs;
    this.#pace = new Pace(options.intervalMs, 1);
  }

  get registrations(): Reading<readonly Registration[]> {
    return this.#registrations;
  }

  /** Undefined where nobody reads it. */
  get requests(): Reading<readonly UnfinishedRequest[]> | undefined {
    return this.#options.readsQueue ? this.#requests : undefined;
  }

  /** Something is other than the latest reading shows it. */
  changed(): void {
    this.#isNews = true;
    this.#due(this.#nextAfter(this.#agenda.now));
  }

  /** Something is to be known soon that no reading shows. */
  refresh(): void {
    this.#isNews = true;
    this.#due(Math.max(this.#agenda.now, this.#readAt + this.#pace.earlyMs));
  }

  /** The interval counts from the latest reading. */
  #nextAfter(now: number): number {
    const { intervalMs } = this.#options;
    return this.#readAt + intervalMs * Math.max(1, Math.ceil((now - this.#readAt) / intervalMs));
  }

  #due(at: number): void {
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    this.#agenda.at(at, () => {
      if (this.#dueAt === at) this.#read();
    });
  }

  #read(): void {
    const { now } = this.#agenda;
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#registrations = { known: true, value: this.#world.registrations, at: now };
    this.#readAt = now;
    this.#isNews = this.#world.isSettling;
    if (this.#options.readsQueue) this.#requests = { known: true, value: this.#world.requests, at: now };
    this.#options.onRead();
    if (this.#isNews) this.#due(this.#nextAfter(now));
  }
}
