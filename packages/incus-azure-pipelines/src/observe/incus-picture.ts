import type { BaseRecord, InstanceRecord } from '../model/agent.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
import { Rings } from './rings.js';

/** The events that say that something ended or is ready; those of our own calls are not among them. */
const RINGING = new Set([
  'instance-ready',
  'instance-shutdown',
  'instance-stopped',
  'instance-deleted',
  'instance-restarted',
]);
/** A guest that has just rung goes down because it is finished, which is known already: that is not urgent. */
const FINISHING_MS = 10_000;
const NOT_URGENT_MS = 1_000;

export interface IncusReadings {
  readonly instances: Reading<readonly InstanceRecord[]>;
  readonly bases: Reading<readonly BaseRecord[]>;
}

type Unread = Reading<never> & { known: false };

/** A list that came, with what was heard since. */
interface Listed {
  readonly instances: readonly InstanceRecord[];
  readonly bases: readonly BaseRecord[];
  readonly at: number;
}

/**
 * What is known of Incus, by lists and by events; it waits for nobody. A guest that says Ready is seen so in the latest list
 * at once, since a place may stand empty for it; the next list follows and has the last word.
 */
export class IncusPicture {
  readonly #rings = new Rings();
  readonly #saidReady = new Set<string>();
  /** The latest list; undefined while Incus cannot be read. */
  #listed: Listed | undefined;
  #unread: Unread;

  /** `now`: since when nothing is known (epoch ms). */
  constructor(now: number) {
    this.#unread = { known: false, error: NOT_READ_YET, since: now };
  }

  /** What the guests' doorbells told, for the records of the next list. */
  get rings(): Pick<Rings, 'isNoisy' | 'rangSinceChange'> {
    return this.#rings;
  }

  /**
   * Notes a lifecycle event, at `at` by the clock of the Incus host. Gives back within how many ms it wants to be looked
   * at; undefined for never.
   */
  hear(action: string, name: string, at: number): number | undefined {
    if (action === 'instance-updated') this.#rings.changed(name, at);
    if (!RINGING.has(action)) return undefined;
    const rangAt = this.#rings.lastAt(name);
    if (action === 'instance-ready') {
      this.#rings.ring(name, at);
      this.#saidReady.add(name);
    }
    const isGoing = action === 'instance-shutdown' || action === 'instance-stopped';
    return isGoing && rangAt !== undefined && at - rangAt < FINISHING_MS ? NOT_URGENT_MS : 0;
  }

  /** Takes over who has said Ready since the latest list; false where a list is needed to know of them, or nobody has. */
  patch(): boolean {
    const said = [...this.#saidReady];
    this.#saidReady.clear();
    const listed = this.#listed;
    const isNews = (name: string) => listed?.instances.some(known => known.name === name && this.#isNews(known));
    if (listed === undefined || said.length === 0 || !said.every(isNews)) return false;
    const instances = listed.instances.map(record =>
      said.includes(record.name)
        ? { ...record, status: 'ready' as const, rangSinceChange: this.#rings.rangSinceChange(record.name) }
        : record,
    );
    this.#listed = { ...listed, instances };
    return true;
  }

  /**
   * Whether a Ready tells more than the list did. Of one that was Ready before it is a list that tells, at its own pace: some
   * ring without end. Of an agent too, unless it rang after it was marked: this ring may be an earlier one, come late.
   */
  #isNews({ activatedAt, name, status }: InstanceRecord): boolean {
    return status !== 'ready' && (activatedAt === undefined || this.#rings.rangSinceChange(name));
  }

  /** A list is asked for: it will show what was said until now. */
  listing(): void {
    this.#saidReady.clear();
  }

  /** The list that began at `at` has come. One that was overtaken by a later one tells nothing any more. */
  listed({ instances, bases }: Pick<Listed, 'instances' | 'bases'>, at: number): void {
    if (this.#listed !== undefined && at < this.#listed.at) return;
    this.#listed = { instances, bases, at };
    this.#rings.keepOnly(new Set(instances.map(record => record.name)));
  }

  /** The list that began at `at` has failed: what was known is not known any more. */
  failed(error: string, at: number): void {
    const since = this.#listed === undefined ? this.#unread.since : at;
    this.#unread = { known: false, error, since };
    this.#listed = undefined;
  }

  get readings(): IncusReadings {
    if (this.#listed === undefined) return { instances: this.#unread, bases: this.#unread };
    const { at, bases, instances } = this.#listed;
    return { instances: { known: true, value: instances, at }, bases: { known: true, value: bases, at } };
  }
}
