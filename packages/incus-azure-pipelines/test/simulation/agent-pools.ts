import { azureKey, type PoolSpec } from '../../src/model/pool.js';

/** Which agent pool in Azure each pool's agents register in. A name may be given away: then it is that of another one. */
export class AgentPools {
  readonly #names = new Map<string, string>();
  readonly #taken = new Map<string, number>();
  readonly #keys = new Map<string, string>();

  constructor(desired: readonly PoolSpec[]) {
    for (const spec of desired) this.#names.set(spec.name, azureKey(spec.azure));
    this.#rename();
  }

  /** The name of a pool's agent pool, by `azureKey`. */
  nameOf(pool: string): string {
    return this.#names.get(pool) ?? '';
  }

  /** The agent pool that has the name now. */
  keyOf(pool: string): string {
    return this.#keys.get(pool) ?? '';
  }

  /** All agent pools that have a name now. */
  get keys(): readonly string[] {
    return [...new Set(this.#keys.values())];
  }

  /** The id that Azure gives the agent pool that has the name now: no other has it. */
  idOf(pool: string): number {
    const index = [...new Set(this.#names.values())].indexOf(this.nameOf(pool));
    return 100 * (index + 1) + (this.#taken.get(this.nameOf(pool)) ?? 0);
  }

  /** From now on the name is that of a new agent pool. */
  giveAway(pool: string): void {
    const name = this.nameOf(pool);
    this.#taken.set(name, (this.#taken.get(name) ?? 0) + 1);
    this.#rename();
  }

  #rename(): void {
    for (const [pool, name] of this.#names) this.#keys.set(pool, `${name} ${this.#taken.get(name) ?? 0}`);
  }
}
