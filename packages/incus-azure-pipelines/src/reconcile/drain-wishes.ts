import { bootId, type Installation, readDrained, writeDrained } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import { type DrainTarget, type DrainWish, formatWish, parseWish } from '../model/drain-wish.js';
import type { PoolSpec } from '../model/pool.js';

/** What a person drains. The wishes stand in the state directory, so that they outlive the daemon and the host. */
export class DrainWishes {
  readonly #installation: Installation;
  readonly #pools: readonly string[];
  readonly #boot: string;
  #wishes: readonly DrainWish[];
  #changed: (() => void) | undefined;

  private constructor(installation: Installation, pools: readonly string[], boot: string, kept: readonly DrainWish[]) {
    this.#installation = installation;
    this.#pools = pools;
    this.#boot = boot;
    // A drain for a shutdown is over when the host is up again.
    this.#wishes = kept.filter(wish => wish.kind !== 'host-until-boot' || wish.boot === boot);
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
    return new Set(this.#wishes.flatMap(wish => (wish.kind === 'pool' ? [wish.pool] : [])));
  }

  /** The agents that are drained, each for itself. */
  get agents(): ReadonlySet<string> {
    return new Set(this.#wishes.flatMap(wish => (wish.kind === 'agent' ? [wish.agent] : [])));
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Drains something from now on. @throws UserError for a pool that is not configured. */
  async drain(target: DrainTarget): Promise<void> {
    if (target.kind === 'pool') this.#expectPool(target.pool);
    const wish = this.#wishOf(target);
    const others = this.#wishes.filter(old => formatWish(old) !== formatWish(wish));
    await this.#replace([...others, wish]);
  }

  /**
   * Takes drains back: of one pool, though the whole host be drained; of one agent; or, undefined, every one.
   *
   * @throws UserError for a pool that is not configured.
   */
  async resume(target: Exclude<DrainTarget, { kind: 'host' }> | undefined): Promise<void> {
    if (target === undefined) return this.#replace([]);
    if (target.kind === 'agent') return this.forget(target.agent);
    this.#expectPool(target.pool);
    const agents = this.#wishes.filter(wish => wish.kind === 'agent');
    const pools = [...this.pools].filter(pool => pool !== target.pool);
    await this.#replace([...agents, ...pools.map(pool => ({ kind: 'pool', pool }) as const)]);
  }

  /** The agent is no more, and with it the wish to drain it. */
  async forget(agent: string): Promise<void> {
    if (!this.agents.has(agent)) return;
    await this.#replace(this.#wishes.filter(wish => wish.kind !== 'agent' || wish.agent !== agent));
  }

  #wishOf(target: DrainTarget): DrainWish {
    if (target.kind !== 'host') return target;
    return target.untilBoot ? { kind: 'host-until-boot', boot: this.#boot } : { kind: 'host' };
  }

  #expectPool(pool: string): void {
    if (!this.#pools.includes(pool))
      throw new UserError(`no pool "${pool}" in the configuration; there are: ${this.#pools.join(', ')}`);
  }

  async #replace(wishes: readonly DrainWish[]): Promise<void> {
    await writeDrained(this.#installation, wishes.map(formatWish));
    this.#wishes = wishes;
    this.#changed?.();
  }
}

function isOfHost({ kind }: DrainWish): boolean {
  return kind === 'host' || kind === 'host-until-boot';
}
