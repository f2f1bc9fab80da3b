import { createPrivateKey } from 'node:crypto';
import { type AzurePipelinesClient, connectAzurePipelines } from 'azure-pipelines-client';
import {
  type Emulator,
  type EmulatorOptions,
  type QueuedJob,
  startEmulator,
} from '../../azure-pipelines-emulator/src/index.js';
import { keyAsJwk } from '../../azure-pipelines-emulator/test/known-answers.js';
import { KeyStock } from '../src/execute/registration/key-stock.js';
import type { RegistrationTarget } from '../src/execute/registration/register.js';
import { registrationTarget } from '../src/execute/registration/registration-target.js';
import { runnableAgent } from '../src/execute/registration/runnable-agent.js';
import { systemClock } from '../src/lib/clock.js';

/** One key for all: what is tested is not how keys are made. */
export const KEY = createPrivateKey({ key: keyAsJwk, format: 'jwk' });

const IMPATIENCE_MS = 2_000;

/** An emulator with one agent pool, and the host's way to it. */
export class EmulatedPool implements AsyncDisposable {
  readonly emulator: Emulator;
  readonly client: AzurePipelinesClient;
  /** How many keys the stock was told to keep. */
  keysWanted = 0;
  readonly keys = new KeyStock({
    clock: systemClock,
    make: () => Promise.resolve(KEY),
    onChange: (_, wanted) => {
      this.keysWanted = wanted;
    },
  });
  readonly target: RegistrationTarget;

  private constructor(emulator: Emulator, client: AzurePipelinesClient, target: RegistrationTarget) {
    this.emulator = emulator;
    this.client = client;
    this.target = target;
  }

  static async start(options: EmulatorOptions = {}): Promise<EmulatedPool> {
    const emulator = await startEmulator(options);
    const client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
    const poolId = async () => (await client.pools.findByName('default'))?.id ?? 0;
    const target = await registrationTarget(client, 'default', poolId)(new AbortController().signal);
    return new EmulatedPool(emulator, client, target);
  }

  /** The same way for one who does not wait half a minute for an answer that does not come. */
  get impatient(): RegistrationTarget {
    const { agents } = this.client;
    const soon = { deadlineMs: IMPATIENCE_MS };
    const create: typeof agents.create = (poolId, agent, options) =>
      agents.create(poolId, agent, { ...options, ...soon });
    const get: typeof agents.get = (poolId, agentId, options) => agents.get(poolId, agentId, { ...options, ...soon });
    return { ...this.target, client: { ...this.client, agents: { ...agents, create, get } } };
  }

  /** Registers an agent that never comes online: with it there, jobs are queued and wait. */
  async queue(count: number): Promise<readonly QueuedJob[]> {
    await this.client.agents.create(this.target.poolId, runnableAgent('placeholder', '4.999.0', 'x86_64'));
    return Array.from({ length: count }, (_, n) => this.emulator.queueJob({ name: `job ${n}`, steps: [] }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keys[Symbol.asyncDispose]();
    await this.client.close();
    await this.emulator.close();
  }
}
