import type { DaemonProcess } from '../testbed/daemon-process.js';
import { packActivation } from './bare/activation-file.js';
import { BarePool, type BarePoolOptions } from './bare/bare-pool.js';
import { JobSource, type Work } from './job-source.js';
import { Lives } from './lives.js';
import { Program } from './program.js';
import { Registrations } from './registrations.js';
import { buildShellPackage } from './shell-agent/package.js';
import type { Sightings } from './sightings.js';
import type { Workbench } from './workbench.js';

/** The emulator's first agent pool. */
const POOL_ID = 1;

/** What is looked at while a pool is at work. */
export interface Watch {
  readonly sightings: Sightings;
  readonly lives: Lives;
  readonly unitStarts: JobSource['unitStarts'];
  readonly registrations: Registrations;
  /** Names of the instances that are there now, bases included. */
  readonly guests: () => Promise<readonly string[]>;
}

/** The shell agent's side of the bench: the program and the bare pool, on the same base, one after the other. */
export class ShellBench implements AsyncDisposable {
  readonly program: Program;
  readonly #workbench: Workbench;
  readonly #source: JobSource;
  readonly #activation: Uint8Array;

  private constructor(workbench: Workbench, program: Program, source: JobSource, activation: Uint8Array) {
    this.#workbench = workbench;
    this.program = program;
    this.#source = source;
    this.#activation = activation;
  }

  static async start(workbench: Workbench): Promise<ShellBench> {
    const { directory, signal } = workbench;
    const agentPackage = await buildShellPackage(directory, signal);
    const source = await JobSource.start(workbench.incus.gateway);
    try {
      const env = { BENCH_URL: source.url, BENCH_POOL_ID: String(POOL_ID) };
      const activation = await packActivation(directory, env, signal);
      const program = await Program.start(workbench, { agentPackage, settings: { env } });
      return new ShellBench(workbench, program, source, activation);
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Lets the program keep a pool while `body` looks on. */
  async runProgram<T>(
    settings: Readonly<Record<string, unknown>>,
    work: Work,
    body: (watch: Watch, daemon: DaemonProcess) => Promise<T>,
  ): Promise<T> {
    // Else an agent that ends was never of use, as far as the program can see, and it is slow to make another.
    const onDone = (name: string) => this.program.scenario.emulator.recordJob(name);
    const seen = { ...work, onDone };
    return await this.#watching(seen, watch => this.program.run(settings, daemon => body(watch, daemon)));
  }

  /** Lets bare calls keep the same pool while `body` looks on. */
  async runBare<T>(
    options: Omit<BarePoolOptions, 'maxConcurrentCreates'>,
    work: Work,
    body: (watch: Watch) => Promise<T>,
  ): Promise<T> {
    const { incus } = this.program.scenario;
    const { maxConcurrentCreates, signal } = this.#workbench;
    const guest = { incus, base: this.program.base, activation: this.#activation };
    return await this.#watching(work, async watch => {
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      const running = new BarePool(guest, { ...options, maxConcurrentCreates }, either).run();
      try {
        return await Promise.race([body(watch), running.then(() => never('the bare pool ended'))]);
      } finally {
        over.abort();
        await running.catch(() => undefined);
        await this.program.clear();
      }
    });
  }

  /** Gives a guest other keys while it runs. @throws IncusError. */
  async weigh(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    await this.program.scenario.incus.instances.patch(name, { config });
  }

  async #watching<T>(work: Work, body: (watch: Watch) => Promise<T>): Promise<T> {
    const { scenario } = this.program;
    await using lives = new Lives(scenario.incus);
    using registrations = new Registrations(scenario.emulator);
    const { unitStarts } = this.#source;
    const guests = () => scenario.instanceNames();
    return await body({ sightings: this.#source.begin(work), lives, unitStarts, registrations, guests });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.#source[Symbol.asyncDispose]();
  }
}

function never(reason: string): never {
  throw new Error(reason);
}
