import { bootId, type Installation, readDrained, writeDrained } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import { type DrainTarget, type DrainWish, formatWish, parseWish } from '../model/drain-wish.js';
import type { PoolSpec } from '../model/pool.js';

/** What a person drains. The wishes stand in the state directory, so that they outlive the daemon and the host. */
export class DrainWishes {
  readonly #installation: Installation;
  #pools: readonly string[];
  readonly #boot: string;
  #wishes: readonly DrainWish[];
  #changed: (() => void) | undefined;
  #changing: Promise<void> = Promise.resolve();

  private constructor(installation: Installation, pools: readonly string[], boot: string, kept: readonly DrainWish[]) {
    this.#installation = installation;
    this.#pools = pools;
    this.#boot = boot;
    // A drain for a shutdown is over when the host is up again.
    this.#wishes = kept.filter(wish => !('boot' in wish) || wish.boot === boot);
  }

  /** `boot` names this boot of the host. */
  static async open(installation: Installation, pools: readonly PoolSpec[], boot?: string): Promise<DrainWishes> {
    const kept = (await readDrained(installation)).map(parseWish);
    const names = pools.map(spec => spec.name);
    return new DrainWishes(installation, names, boot ?? (await bootId()), kept);
  }

  /** The pools that are drained, each for itself or with the host. */
  get pools(): ReadonlySet<string> {
    if (this.#wishes.some(isOfHost)) return new Set(this.#pools);
    return new Set(this.#wishes.flatMap(wish => ('pool' in wish ? [wish.pool] : [])));
  }

  /** The agents that are drained, each for itself. */
  get agents(): ReadonlySet<string> {
    return new Set(this.#wishes.flatMap(wish => (wish.kind === 'agent' ? [wish.agent] : [])));
  }

  /** The pools that are to have no placeholder while they are drained. */
  get withoutPlaceholder(): ReadonlySet<string> {
    return this.#wishes.some(({ kind }) => kind === 'no-placeholders') ? this.pools : new Set();
  }

  /** These pools are configured from now on. What was wished of others stays, for when they come back. */
  takePools(pools: readonly PoolSpec[]): void {
    this.#pools = pools.map(spec => spec.name);
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Drains something from now on. @throws UserError for a pool that is not configured. */
  async drain(target: DrainTarget): Promise<void> {
    if (target.kind === 'pool') this.#expectPool(target.pool);
    const wished = [this.#wishOf(target)];
    if (target.kind === 'host' && target.removesPlaceholders) wished.push({ kind: 'no-placeholders' });
    const lines = new Set(wished.map(formatWish));
    await this.#change(wishes => [...wishes.filter(old => !lines.has(formatWish(old))), ...wished]);
  }

  /**
   * Takes drains back: of one pool, though the whole host be drained; of one agent; or, undefined, every one.
   *
   * @throws UserError for a pool that is not configured.
   */
  async resume(target: Exclude<DrainTarget, { kind: 'host' }> | undefined): Promise<void> {
    if (target === undefined) return this.#change(() => []);
    if (target.kind === 'agent') return this.forget(target.agent);
    this.#expectPool(target.pool);
    await this.#change(wishes => wishes.flatMap(wish => this.#without(target.pool, wish)));
  }

  /** The agent is no more, and with it the wish to drain it. */
  async forget(agent: string): Promise<void> {
    if (this.agents.has(agent))
      await this.#change(wishes => wishes.filter(wish => wish.kind !== 'agent' || wish.agent !== agent));
  }

  #wishOf(target: DrainTarget): DrainWish {
    if (target.kind !== 'host') return target;
    return target.untilBoot ? { kind: 'host-until-boot', boot: this.#boot } : { kind: 'host' };
  }

  #expectPool(pool: string): void {
    if (!this.#pools.includes(pool))
      throw new UserError(`no pool "${pool}" in the configuration; there are: ${this.#pools.join(', ')}`);
  }

  /** What is left of a wish without one pool; the host becomes its other pools, for as long as it was meant. */
  #without(pool: string, wish: DrainWish): readonly DrainWish[] {
    switch (wish.kind) {
      case 'agent':
      case 'no-placeholders':
        return [wish];
      case 'pool':
      case 'pool-until-boot':
        return wish.pool === pool ? [] : [wish];
      case 'host':
        return this.#pools.filter(name => name !== pool).map(name => ({ kind: 'pool', pool: name }));
      case 'host-until-boot':
        return this.#pools
          .filter(name => name !== pool)
          .map(name => ({ kind: 'pool-until-boot', pool: name, boot: wish.boot }));
    }
  }

  /** One change after the other, each on what the one before has left. */
  #change(to: (wishes: readonly DrainWish[]) => readonly DrainWish[]): Promise<void> {
    const done = this.#changing.then(async () => {
      const wishes = withoutIdleWish(to(this.#wishes));
      await writeDrained(this.#installation, wishes.map(formatWish));
      this.#wishes = wishes;
      this.#changed?.();
    });
    this.#changing = done.catch(() => {});
    return done;
  }
}

function isOfHost({ kind }: DrainWish): boolean {
  return kind === 'host' || kind === 'host-until-boot';
}

/** Once no pool is drained any more, the next drain is to take no placeholder that nobody has asked for. */
function withoutIdleWish(wishes: readonly DrainWish[]): readonly DrainWish[] {
  const isAny = wishes.some(({ kind }) => kind !== 'agent' && kind !== 'no-placeholders');
  return isAny ? wishes : wishes.filter(({ kind }) => kind !== 'no-placeholders');
}
