import type { Agent } from '../../src/model/agent.js';
import { type PoolSpec, scales } from '../../src/model/pool.js';
import type { Reading } from '../../src/model/reading.js';
import { AzureReader } from './azure-reader.js';
import type { Process } from './process.js';

/** The agent pools that one daemon reads, by the names that its pools have for them: the stand-in for those of the pools in force. */
export class AzureReaders {
  readonly #process: Process;
  readonly #onRead: () => void;
  readonly #readers = new Map<string, AzureReader>();
  readonly #ids = new Map<string, number>();

  constructor(process: Process, desired: readonly PoolSpec[], onRead: () => void) {
    this.#process = process;
    this.#onRead = onRead;
    this.take(desired);
  }

  get all(): ReadonlyMap<string, AzureReader> {
    return this.#readers;
  }

  /** The agent pool that each one reads. */
  get ids(): ReadonlyMap<string, number> {
    return this.#ids;
  }

  /** Reads for these pools from now on, and goes on from what was read before. An agent pool that no pool is for any more is read on. */
  take(desired: readonly PoolSpec[]): void {
    const { agentPools } = this.#process.world;
    const pools = new Map(desired.map(({ name }) => [agentPools.nameOf(name), name]));
    for (const [key, pool] of pools) {
      const isScaled = desired.some(spec => scales(spec) && agentPools.nameOf(spec.name) === key);
      const polling = { isScaled, agentPools: pools.size };
      const before = this.#readers.get(key);
      before?.stop();
      this.#readers.set(key, new AzureReader(this.#process, agentPools.keyOf(pool), polling, this.#onRead, before));
      this.#ids.set(key, agentPools.idOf(pool));
    }
  }

  /** Reads agent pools no longer that none of these pools is for, once none of the agents is in them. */
  keepOnly(desired: readonly PoolSpec[], agents: Reading<readonly Agent[]>): void {
    if (!agents.known) return;
    const { agentPools } = this.#process.world;
    const needed = new Set<string | undefined>(desired.map(({ name }) => agentPools.nameOf(name)));
    for (const { agentPool } of agents.value) needed.add(agentPool);
    for (const [key, reader] of this.#readers) {
      if (needed.has(key)) continue;
      reader.stop();
      this.#readers.delete(key);
      this.#ids.delete(key);
    }
  }
}
