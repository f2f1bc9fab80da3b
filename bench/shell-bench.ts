import type { DaemonProcess } from '../testbed/daemon-process.js';
import { packActivation } from './bare/activation-file.js';
import { BarePool, type BarePoolOptions } from './bare/bare-pool.js';
import { JobSource, type Work } from './job-source.js';
import { Lives } from './lives.js';
import { Program } from './program.js';
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
    settings: { readonly agentCount: number; readonly reserve: number },
    work: Work,
    body: (watch: Watch, daemon: DaemonProcess) => Promise<T>,
  ): Promise<T> {
    await using lives = new Lives(this.program.scenario.incus);
    const watch = { sightings: this.#source.begin(work), lives, unitStarts: this.#source.unitStarts };
    return await this.program.run(settings, daemon => body(watch, daemon));
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
    await using lives = new Lives(incus);
    const watch = { sightings: this.#source.begin(work), lives, unitStarts: this.#source.unitStarts };
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
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.#source[Symbol.asyncDispose]();
  }
}

function never(reason: string): never {
  throw new Error(reason);
}
