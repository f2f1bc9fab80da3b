import { HostMeter, type HostUse } from './host-meter.js';
import { readProcessCost } from './processes.js';
import type { Sightings } from './sightings.js';
import type { Workbench } from './workbench.js';

/** What a window took. */
export interface Costs {
  /** Time on the cores in ms: by process, as the meter was told to call them. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** Jobs that were done in it. */
  readonly jobs: number;
  readonly host: HostUse;
}

/** Measures what some processes take of the cores, with the commands that they run, and what is left. */
export class CpuMeter {
  readonly #pids: Readonly<Record<string, number>>;
  readonly #sightings: Sightings;
  readonly #host: HostMeter;
  #jobsBefore = 0;
  #before: Costs['cpuMs'] = {};
  #costs: Costs | undefined;

  private constructor(host: HostMeter, pids: Readonly<Record<string, number>>, sightings: Sightings) {
    this.#host = host;
    this.#pids = pids;
    this.#sightings = sightings;
  }

  /** For Incus and these processes beside it. */
  static of({ incus }: Workbench, pids: Readonly<Record<string, number>>, sightings: Sightings): CpuMeter {
    return new CpuMeter(HostMeter.of(incus.directory), { incus: incus.pid, ...pids }, sightings);
  }

  async start(): Promise<void> {
    this.#jobsBefore = this.#sightings.count('done');
    this.#before = await this.#read();
    await this.#host.start();
  }

  async stop(): Promise<void> {
    const host = await this.#host.use();
    const jobs = this.#sightings.count('done') - this.#jobsBefore;
    const cpuMs = Object.entries(await this.#read()).map(
      ([name, ms]) => [name, ms - (this.#before[name] ?? 0)] as const,
    );
    this.#costs = { host, jobs, cpuMs: Object.fromEntries(cpuMs) };
  }

  /** From the start to the stop. */
  get costs(): Costs {
    if (this.#costs === undefined) throw new Error('read what a window took: the meter was not stopped');
    return this.#costs;
  }

  async #read(): Promise<Costs['cpuMs']> {
    const costs = Object.entries(this.#pids).map(async ([name, pid]) => {
      const { cpuMs, endedChildrenCpuMs } = await readProcessCost(pid);
      return [name, cpuMs + endedChildrenCpuMs] as const;
    });
    return Object.fromEntries(await Promise.all(costs));
  }
}
