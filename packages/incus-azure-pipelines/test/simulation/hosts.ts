import { type Brain, realBrain } from './brain.js';
import { type Keeper, keepersOf } from './keeper.js';
import { CALM, type Faults, type Scenario } from './scenario.js';
import { World } from './world.js';

/** A base is built, and the first agents come online. */
const START_MS = 600_000;
const LOOK_MS = 1_000;
/** Whoever made an agent too many has done so by then. */
const SETTLED_MS = 240_000;

/** What came of jobs that were queued all at once. */
export interface Burst {
  /** Until the last of them had an agent, in ms; undefined where one still waits. */
  readonly waitedMs: number | undefined;
  /** Agents that were made for them. */
  readonly made: number;
}

export interface HostsGiven {
  readonly seed: number;
  /** By host: how many agents it may have. */
  readonly room: readonly number[];
  readonly brain?: Brain;
  readonly faults?: Partial<Faults>;
}

/** Several installations with one pool each, all for one agent pool, and each with its own daemon, which hears of no other. */
export class Hosts {
  readonly world: World;
  readonly keepers: readonly Keeper[];
  readonly #key: string;

  constructor({ seed, room, brain = realBrain, faults = {} }: HostsGiven, isTold = false) {
    const pools = room.map(agentCount => ({ agentCount, standby: 1, reserve: 0, reserveListening: false }));
    const scenario: Scenario = {
      seed,
      pools,
      shared: true,
      sideBySide: true,
      maxConcurrentCreates: 3,
      jobsPerMinute: 0,
      azurePollMs: 10_000,
      maxJobMs: undefined,
      hostRegisters: true,
      stormMs: 0,
      faults: { ...CALM, ...faults },
    };
    this.world = new World(scenario, isTold);
    this.keepers = keepersOf(this.world, brain);
    this.#key = this.world.keys[0] ?? '';
    this.world.longestJobMs = Number.POSITIVE_INFINITY;
    // One that is cancelled leaves an agent over that was made for it.
    this.world.azure.cancelled = 0;
  }

  /** Lets each host come to its idle agent. */
  start(): this {
    const { world } = this;
    this.#wait(START_MS, () => world.desired.every(({ name }) => this.#idle(name) === 1));
    this.pass(SETTLED_MS);
    return this;
  }

  /** Queues so many jobs at once, and waits until each has an agent and nobody makes more. */
  burst(jobs: number, longestMs: number): Burst {
    const { azure, guests, timeline } = this.world;
    const before = guests.size;
    const startAt = timeline.now;
    for (let job = 0; job < jobs; job++) azure.enqueue(this.#key, []);
    const isTaken = () => azure.queued(this.#key) === 0;
    this.#wait(longestMs, isTaken);
    const waitedMs = isTaken() ? timeline.now - startAt : undefined;
    this.pass(SETTLED_MS);
    return { waitedMs, made: guests.size - before };
  }

  /** Queues so many jobs at once that take up to `longestJobMs` each, and waits until all are done; whether they are in time. */
  burstOfShortJobs(jobs: number, longestJobMs: number, longestMs: number): boolean {
    const { world } = this;
    world.longestJobMs = longestJobMs;
    const before = this.jobsDone;
    for (let job = 0; job < jobs; job++) world.azure.enqueue(this.#key, []);
    const areDone = () => this.jobsDone - before === jobs;
    this.#wait(longestMs, areDone);
    return areDone();
  }

  /** Ends all jobs that run. */
  endJobs(): void {
    for (const guest of this.world.guests.values()) guest.endJob(true);
  }

  pass(ms: number): void {
    this.world.timeline.runUntil(this.world.timeline.now + ms);
  }

  get jobsDone(): number {
    return this.world.azure.jobsDone;
  }

  get working(): number {
    return [...this.world.guests.values()].filter(guest => guest.working).length;
  }

  #idle(pool: string): number {
    const own = this.world.instancesOf(pool).flatMap(({ name }) => this.world.guests.get(name) ?? []);
    return own.filter(guest => guest.listens() && guest.jobs === 0).length;
  }

  #wait(ms: number, until: () => boolean): void {
    const { timeline } = this.world;
    const end = timeline.now + ms;
    while (timeline.now < end && !until()) timeline.runUntil(timeline.now + LOOK_MS);
  }
}
