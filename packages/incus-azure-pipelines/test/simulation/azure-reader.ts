import type { Registration } from '../../src/model/agent.js';
import type { UnfinishedRequest } from '../../src/model/queue.js';
import type { Reading } from '../../src/model/reading.js';
import { Pace } from '../../src/observe/pace.js';
import type { Process } from './process.js';

/** A server that is behind: readings five seconds apart are to tell it from the truth. */
const LONGEST_LAG_MS = 4_900;
/** Readings are kept this long, to prove proofs by, and one more: Azure may have been away for longer since. */
const KEPT_MS = 600_000;

type AzureReading = Reading<readonly Registration[]>;
type KnownReading = AzureReading & { known: true };

/** One agent pool as the daemon reads it: at a polite rate, sooner where something is to be known, late, stale and in vain. */
export class AzureReader {
  readonly #process: Process;
  readonly #key: string;
  readonly #ring: () => void;
  readonly #pace: Pace;
  readonly #seen: { readonly trueAt: number; readonly reading: KnownReading }[];
  #startedAt = 0;
  /** Counts the pauses: an early look ends one, whose own end then means nothing. */
  #pause = 0;
  #isPausing = false;
  #isEarly = false;
  #isOver = false;
  reading: AzureReading;
  /** Of the queue; undefined where it is not read. */
  requests: Reading<readonly UnfinishedRequest[]> | undefined;

  constructor(
    process: Process,
    key: string,
    { isScaled, agentPools }: { readonly isScaled: boolean; readonly agentPools: number },
    ring: () => void,
    before?: AzureReader,
  ) {
    this.#process = process;
    this.#pace = new Pace(process.world.scenario.azurePollMs, agentPools);
    this.#key = key;
    this.#ring = ring;
    this.#seen = before ? [...before.#seen] : [];
    const unread = { known: false, error: 'not read yet', since: process.now } as const;
    this.reading = before?.reading ?? unread;
    if (before) this.#pace.continueFrom(before.#pace);
    if (isScaled) this.requests = before?.requests ?? unread;
    this.#read();
  }

  /** Who reads it, and how often. */
  get readers(): Pace {
    return this.#pace;
  }

  /** Reads no more. */
  stop(): void {
    this.#isOver = true;
  }

  /** Asks for a reading soon. */
  refresh(): void {
    if (this.#isPausing && this.reading.known) this.#rest(this.#pace.earlyMs);
    else this.#isEarly = true;
  }

  /**
   * True time in ms for which readings that began at `from` or later have shown, without one that denies it, what `holds` asks
   * for.
   */
  agreedMs(from: number, holds: (registrations: readonly Registration[]) => boolean): number {
    const denied = this.#seen.findLastIndex(({ reading }) => !holds(reading.value));
    const agreed = this.#seen.slice(denied + 1).filter(({ trueAt }) => trueAt >= from);
    return (agreed.at(-1)?.trueAt ?? 0) - (agreed[0]?.trueAt ?? 0);
  }

  #read(): void {
    const { world, now: at } = this.#process;
    const { timeline, random, azure } = world;
    const trueAt = timeline.now;
    this.#startedAt = trueAt;
    this.#isPausing = false;
    this.#isEarly = false;
    const lags = world.strikes('azureLags', 'Azure shows the past');
    const lagMs = lags ? random.between(0, LONGEST_LAG_MS) : 0;
    const isStruck = world.strikes('azureUnread', 'Azure unread');
    const failed = !azure.budget.read(trueAt) || isStruck || trueAt < azure.unreadUntil;
    if (world.happens('azureHides')) this.#hideOne();
    const ms = random.chance(0.05) ? 3_000 : random.between(20, 300);
    // It may be held up before the server hears of it, and tells of the moment in which it does.
    const shownAt = trueAt + random.between(0, ms);
    this.#process.wait('a list of Azure', ms, () => {
      if (this.#isOver) return;
      const since = this.reading.known ? at : this.reading.since;
      const reading: AzureReading = failed
        ? { known: false, error: 'unread', since }
        : { known: true, value: azure.list(this.#key, shownAt, lagMs), at };
      this.reading = reading;
      if (reading.known) {
        this.#seen.push({ trueAt, reading });
        this.#pace.saw(reading.value, at);
      }
      while ((this.#seen[1]?.trueAt ?? trueAt) < trueAt - KEPT_MS) this.#seen.shift();
      this.#ring();
      if (reading.known) this.#readQueue();
      const isNextEarly = this.#isEarly && reading.known;
      this.#rest(isNextEarly ? this.#pace.earlyMs : this.#pace.pauseMs(() => random.next()));
    });
  }

  /** The queue comes right behind the agents, where it is read, from a server that may be further behind than theirs. */
  #readQueue(): void {
    const { requests } = this;
    if (requests === undefined) return;
    const { world, now: at } = this.#process;
    const lags = world.strikes('azureLags', 'Azure shows the past');
    const lagMs = lags ? world.random.between(0, LONGEST_LAG_MS) : 0;
    const isStruck = world.strikes('azureUnread', 'Azure unread');
    const failed =
      !world.azure.budget.read(world.timeline.now) || isStruck || world.timeline.now < world.azure.queueUnreadUntil;
    this.#process.wait('the queue of Azure', world.random.between(20, 300), () => {
      if (this.#isOver) return;
      if (failed) this.requests = { known: false, error: 'unread', since: requests.known ? at : requests.since };
      else this.requests = { known: true, value: world.azure.unfinished(this.#key, lagMs), at };
      this.#ring();
    });
  }

  /** From now on lists lack one agent, which is there all the same. */
  #hideOne(): void {
    const { world } = this.#process;
    const { azure, guests, random, timeline } = world;
    const mayHide = (name: string) => guests.has(name) && world.phaseOf(name) !== 'preparing';
    const hidden = random.pick(azure.all(this.#key).filter(({ name }) => mayHide(name)));
    const guest = guests.get(hidden?.name ?? '');
    if (hidden === undefined || guest === undefined) return;
    const ms = random.chance(0.3) ? random.between(20_000, 120_000) : random.between(1_000, 12_000);
    world.strike('Azure hides an agent', guest.name);
    // Who is not seen for long, or again and again, may lose its place, and no more than that.
    guest.isMistakable = true;
    azure.hide(hidden.agentId, timeline.now + ms);
  }

  /** Pauses until so long after the last reading began. */
  #rest(ms: number): void {
    const pause = ++this.#pause;
    this.#isPausing = true;
    this.#process.wait('the next list of Azure', this.#startedAt + ms - this.#process.world.timeline.now, () => {
      if (pause === this.#pause && !this.#isOver) this.#read();
    });
  }
}
