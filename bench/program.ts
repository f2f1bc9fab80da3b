import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAzurePipelines, ignoreNotFound as ignoreNotInAzure } from 'azure-pipelines-client';
import type { AgentPackage } from 'azure-pipelines-emulator';
import { ignoreNotFound } from 'incus-client';
import type { DaemonProcess, LogLine } from '../testbed/daemon-process.js';
import { type Scenario, startScenario } from '../testbed/scenario.js';
import { IMAGE, type Workbench } from './workbench.js';

export interface ProgramOptions {
  readonly agentPackage: AgentPackage;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const RUN_MS = 1_200_000;
const CLEARING_MS = 180_000;
const PAUSE_MS = 200;
const BASE_STATE = 'user.iap.base.state';

/** The program as it is measured: in a project of its own, beside an emulator, with the base built already. */
export class Program implements AsyncDisposable {
  readonly scenario: Scenario;
  readonly base: string;
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench, scenario: Scenario, base: string) {
    this.#workbench = workbench;
    this.scenario = scenario;
    this.base = base;
  }

  /** Sets everything up and lets the program build its base; no agent is made. */
  static async start(workbench: Workbench, options: ProgramOptions): Promise<Program> {
    const { socketPath, gateway, bridge, storagePool } = workbench.incus;
    const scenario = await startScenario({
      socketPath,
      gateway,
      bridge,
      storagePool,
      image: IMAGE,
      emulator: { agentPackage: options.agentPackage },
      settings: {
        docker: false,
        registration: workbench.registration,
        maxConcurrentCreates: workbench.maxConcurrentCreates,
        azurePollInterval: '10s',
        http: { port: 0 },
        ...options.settings,
      },
    });
    try {
      return new Program(workbench, scenario, await buildBase(workbench, scenario));
    } catch (error) {
      await scenario[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs the daemon with these settings while `body` looks on, then ends it and removes what it had made. */
  async run<T>(settings: Readonly<Record<string, unknown>>, body: (daemon: DaemonProcess) => Promise<T>): Promise<T> {
    await this.scenario.configure(settings);
    const daemon = this.scenario.startDaemon();
    try {
      return await Promise.race([body(daemon), ended(daemon), over(this.#workbench.signal)]);
    } catch (error) {
      throw new Error(`${String(error)}; last of the log:\n${lastLines(daemon)}`, { cause: error });
    } finally {
      await daemon.end();
      await this.clear();
    }
  }

  /** Removes every instance but the base, and every registration. What cannot be removed is said: what was measured counts. */
  async clear(): Promise<void> {
    await this.#clearAll().catch((error: unknown) => this.#workbench.say(`clear away: ${String(error)}`));
  }

  async #clearAll(): Promise<void> {
    const { incus } = this.scenario;
    const giveUp = AbortSignal.any([this.#workbench.signal, AbortSignal.timeout(CLEARING_MS)]);
    for (;;) {
      const guests = (await incus.instances.list()).filter(({ config }) => config[BASE_STATE] === undefined);
      if (guests.length === 0) break;
      // One that is going down by itself may refuse to be stopped; the next look tells.
      await Promise.all(
        guests.map(async ({ name }) => {
          await incus.instances.stop(name, { force: true }).catch(() => undefined);
          await ignoreNotFound(incus.instances.delete(name)).catch(() => undefined);
        }),
      );
      await sleep(PAUSE_MS, undefined, { signal: giveUp });
    }
    await this.#clearAzure();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The Incus beneath it is taken down with all that is in it.
    await this.scenario[Symbol.asyncDispose]().catch((error: unknown) =>
      this.#workbench.say(`remove the project: ${String(error)}`),
    );
  }

  async #clearAzure(): Promise<void> {
    const { emulator } = this.scenario;
    for (const { requestId, result } of emulator.jobs()) if (result === undefined) emulator.cancelJob(requestId);
    await using azure = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
    const pool = await azure.pools.findByName('default');
    if (pool === undefined) return;
    // One that holds a job for ever is refused; it is offline and does no harm.
    for (const { id } of await azure.agents.list(pool.id))
      await ignoreNotInAzure(azure.agents.delete(pool.id, id)).catch(() => undefined);
  }
}

async function buildBase(workbench: Workbench, scenario: Scenario): Promise<string> {
  workbench.say('building the base');
  await scenario.configure({ agentCount: 0 });
  await using daemon = scenario.startDaemon();
  const stop = () => void daemon.end();
  workbench.signal.addEventListener('abort', stop, { once: true });
  try {
    const line = await daemon.seen(({ kind, msg }) => kind === 'build-base' && msg !== 'action started');
    if (line.msg !== 'action done') throw new Error(`build the base: ${String(line.error)}`);
    return String(line.base);
  } finally {
    workbench.signal.removeEventListener('abort', stop);
  }
}

/** Rejects when the signal aborts, or when a measurement takes longer than any of them does. */
async function over(signal: AbortSignal): Promise<never> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(RUN_MS)]);
  if (!late.aborted) await once(late, 'abort');
  throw late.reason;
}

async function ended(daemon: DaemonProcess): Promise<never> {
  await daemon.seen(() => false);
  throw new Error('the daemon ended');
}

function lastLines(daemon: DaemonProcess): string {
  return daemon.log
    .slice(-15)
    .map((line: LogLine) => JSON.stringify(line))
    .join('\n');
}
