const WINDOW_MS = 300_000;

/**
 * The service's budget: so many units for an identity in any five minutes. Who has spent it is refused until what it spent is long
 * enough ago. Azure documents 200 units, and not what a call costs.
 */
export class AzureBudget {
  readonly #units: number;
  readonly #perCall: number;
  readonly #spentAt: number[] = [];
  readonly #readAt: number[] = [];
  calls = 0;
  refused = 0;

  constructor({ units = Number.POSITIVE_INFINITY, perCall = 0 } = {}) {
    this.#units = units;
    this.#perCall = perCall;
  }

  /** Readings that began in [`from`, `to`), answered or not. */
  readings(from: number, to: number): number {
    return this.#readAt.filter(at => at >= from && at < to).length;
  }

  /** Spends what one that changes nothing costs, if there is so much left. */
  read(now: number): boolean {
    this.#readAt.push(now);
    return this.spend(now);
  }

  /** Spends what a call costs, if there is so much left. */
  spend(now: number): boolean {
    this.calls += 1;
    while ((this.#spentAt[0] ?? now) <= now - WINDOW_MS) this.#spentAt.shift();
    const isThere = (this.#spentAt.length + 1) * this.#perCall <= this.#units;
    if (isThere) this.#spentAt.push(now);
    else this.refused += 1;
    return isThere;
  }
}
