import { noteChecked } from '../execute/base/note-checked.js';
import { type BasePool, ownInputs, planBase } from '../execute/base/plan-base.js';
import type { ExecutorParts } from '../execute/parts.js';
import { backoffMs } from '../lib/backoff.js';
import { childSignal } from '../lib/child-signal.js';
import { Doorbell } from '../lib/doorbell.js';
import type { BaseRecord } from '../model/agent.js';
import type { Reading } from '../model/observed.js';
import { keptBase, nextRefreshAt } from '../plan/refresh.js';

/** How often the files that a configuration names are looked at anew. */
const LOOK_AGAIN_MS = 3_600_000;
const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };

export interface WantedBasesParts
  extends Pick<ExecutorParts, 'architecture' | 'clock' | 'emit' | 'incus' | 'owner' | 'wayOut'> {
  readonly pools: ReadonlyMap<string, BasePool>;
  /** In [0, 1): spreads the pauses after failures. */
  readonly random: () => number;
  readonly readBases: (signal: AbortSignal) => Promise<Reading<readonly BaseRecord[]>>;
}

/**
 * Which base each pool's configuration asks for. What a person changes is taken up at once; a newer image or agent when a
 * refresh is due, and while these cannot be asked for, the pool goes on with the base that it has.
 */
export class WantedBases {
  readonly #parts: WantedBasesParts;
  readonly #doorbell: Doorbell;
  readonly #readings = new Map<string, Reading<string>>();
  /** Pools that a person wants refreshed, until their base is ready. */
  readonly #asked = new Set<string>();
  /** Pools whose refresh is due and was not possible. */
  readonly #late = new Set<string>();
  /** By pool: when to look again. */
  readonly #lookAt = new Map<string, number>();

  constructor(parts: WantedBasesParts) {
    this.#parts = parts;
    this.#doorbell = new Doorbell(parts.clock);
  }

  get readings(): ReadonlyMap<string, Reading<string>> {
    return this.#readings;
  }

  /** The pools may be others from now on. What was named for one that asks for another base counts no more. */
  takePools(before: ReadonlyMap<string, BasePool>): void {
    for (const [name, { spec }] of before) {
      if (JSON.stringify(this.#parts.pools.get(name)?.spec.base) === JSON.stringify(spec.base)) continue;
      for (const known of [this.#readings, this.#asked, this.#late, this.#lookAt]) known.delete(name);
    }
    this.ring();
  }

  /** Asks for another look soon. */
  ring(): void {
    this.#doorbell.ring();
  }

  /** Looks again and again until the signal aborts, and rings each time. */
  async follow(ring: () => void, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      const settled = await this.resolve(signal, { isNoted: true });
      if (signal.aborted) return;
      ring();
      failures = settled ? 0 : failures + 1;
      const pauseMs = Math.min(LOOK_AGAIN_MS, ...[...this.#lookAt.values()].map(at => at - clock.now()));
      using rest = childSignal(signal);
      const over = clock.sleep(settled ? pauseMs : backoffMs(failures, random(), BACKOFF), rest.signal);
      await Promise.race([over.catch(() => {}), this.#doorbell.wait(rest.signal)]);
    }
  }

  /**
   * Looks once at every pool; tells whether that was possible for all of them.
   *
   * @param options `isNoted`: bases that are still the newest are marked so; without it nothing is changed.
   */
  async resolve(signal: AbortSignal, options: { readonly isNoted: boolean } = { isNoted: false }): Promise<boolean> {
    let settled = true;
    for (const [name, pool] of this.#parts.pools) {
      // One that the configuration has no more, or has anew, is not what was looked at: the ring for that is on its way.
      const isOver = () => this.#parts.pools.get(name) !== pool;
      const at = this.#parts.clock.now();
      try {
        const { wanted, late } = await this.#look(pool, options.isNoted, signal);
        if (isOver()) {
          // Else a pool that is gone would be due for ever.
          this.#lookAt.delete(name);
          continue;
        }
        this.#readings.set(name, { known: true, value: wanted, at });
        this.#tell(name, late);
        settled = settled && late === undefined;
      } catch (error) {
        if (signal.aborted) return false;
        if (isOver()) continue;
        const before = this.#readings.get(name);
        const since = before?.known === false ? before.since : at;
        this.#readings.set(name, { known: false, error: messageOf(error), since });
        settled = false;
      }
    }
    return settled;
  }

  /**
   * Wants the newest image and agent now, whatever is due, and returns the bases that are made of them.
   *
   * @throws Error when image server or Azure cannot be asked.
   */
  async refresh(names: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const wanted = new Set<string>();
    for (const [name, pool] of this.#parts.pools) {
      if (!names.includes(name)) continue;
      this.#asked.add(name);
      const { wanted: base, late } = await this.#look(pool, true, signal);
      if (late !== undefined) throw new Error(late);
      if (this.#parts.pools.get(name) === pool)
        this.#readings.set(name, { known: true, value: base, at: this.#parts.clock.now() });
      wanted.add(base);
    }
    return [...wanted];
  }

  /** `late`: why a refresh that is due was not possible. */
  async #look(
    pool: BasePool,
    isNoted: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly wanted: string; readonly late?: string }> {
    const { clock, owner, readBases } = this.#parts;
    const { name, base: spec } = pool.spec;
    const bases = await readBases(signal);
    if (!bases.known) throw new Error(bases.error);
    const kept = keptBase(await ownInputs(pool, signal), bases.value);
    const dueAt = kept && nextRefreshAt(kept, spec.refreshMs, owner);
    this.#lookAt.delete(name);
    if (kept !== undefined && dueAt !== undefined && dueAt > clock.now() && !this.#asked.has(name)) {
      this.#lookAt.set(name, dueAt);
      return { wanted: kept.name };
    }
    const plan = await planBase(pool, this.#parts, signal).catch(error => {
      if (kept === undefined || signal.aborted) throw error;
      return messageOf(error);
    });
    // Without a base at all, one of whatever image Incus gets is better than none.
    const late = typeof plan === 'string' ? plan : kept && plan.image.unasked;
    if (kept !== undefined && late !== undefined) return { wanted: kept.name, late };
    if (typeof plan === 'string') throw new Error(plan);
    if (bases.value.some(base => base.ready && base.name === plan.name)) {
      this.#asked.delete(name);
      if (isNoted) await noteChecked(plan.name, this.#parts, signal);
    }
    return { wanted: plan.name };
  }

  #tell(pool: string, late: string | undefined): void {
    const of = `what is newer than the base of pool "${pool}"`;
    if (late === undefined ? !this.#late.delete(pool) : this.#late.has(pool)) return;
    if (late !== undefined) this.#late.add(pool);
    this.#parts.emit('reading-changed', { of, known: late === undefined, error: late });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
