import { type Installation, readDrained, writeDrained } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import type { PoolSpec } from '../model/pool.js';

/** Which pools a person drains. The wish stands in the state directory, so that it outlives the daemon and the host. */
export class DrainWishes {
  readonly #installation: Installation;
  readonly #pools: readonly PoolSpec[];
  #drained: ReadonlySet<string>;
  #changed: (() => void) | undefined;

  private constructor(installation: Installation, pools: readonly PoolSpec[], drained: ReadonlySet<string>) {
    this.#installation = installation;
    this.#pools = pools;
    this.#drained = drained;
  }

  static async open(installation: Installation, pools: readonly PoolSpec[]): Promise<DrainWishes> {
    return new DrainWishes(installation, pools, await readDrained(installation));
  }

  get drained(): ReadonlySet<string> {
    return this.#drained;
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Drains or resumes one pool, or all. @throws UserError for a pool that is not configured. */
  async set(pool: string | undefined, drain: boolean): Promise<void> {
    const all = this.#pools.map(spec => spec.name);
    if (pool !== undefined && !all.includes(pool))
      throw new UserError(`no pool "${pool}" in the configuration; there are: ${all.join(', ')}`);
    const next = new Set(this.#drained);
    for (const name of pool === undefined ? all : [pool]) {
      if (drain) next.add(name);
      else next.delete(name);
    }
    await writeDrained(this.#installation, next);
    this.#drained = next;
    this.#changed?.();
  }
}
