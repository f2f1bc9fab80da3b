import { readProcessCost } from './processes.js';
import type { Sightings } from './sightings.js';

/** By process, as the meter was told to call them. */
export type CpuPerJob = Readonly<Record<string, number>>;

/** Measures what some processes take of the cores for each job, with the commands that they run. */
export class CpuMeter {
  readonly #pids: Readonly<Record<string, number>>;
  readonly #sightings: Sightings;
  #jobsBefore = 0;
  #before: CpuPerJob = {};

  constructor(pids: Readonly<Record<string, number>>, sightings: Sightings) {
    this.#pids = pids;
    this.#sightings = sightings;
  }

  async start(): Promise<void> {
    this.#jobsBefore = this.#sightings.count('done');
    this.#before = await this.#read();
  }

  async msPerJob(): Promise<CpuPerJob> {
    const jobs = this.#sightings.count('done') - this.#jobsBefore;
    const now = Object.entries(await this.#read());
    return Object.fromEntries(now.map(([name, ms]) => [name, (ms - (this.#before[name] ?? 0)) / jobs]));
  }

  async #read(): Promise<CpuPerJob> {
    const costs = Object.entries(this.#pids).map(async ([name, pid]) => {
      const { cpuMs, endedChildrenCpuMs } = await readProcessCost(pid);
      return [name, cpuMs + endedChildrenCpuMs] as const;
    });
    return Object.fromEntries(await Promise.all(costs));
  }
}
