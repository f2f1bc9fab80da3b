import { parseTar } from 'nanotar';
import { AgentCache } from '../src/execute/base/agent-cache.js';
import { Isolation } from '../src/execute/isolation.js';
import type { ExecutorParts } from '../src/execute/parts.js';
import { systemClock } from '../src/lib/clock.js';
import { Secret } from '../src/lib/secret.js';
import { WayOut } from '../src/lib/way-out.js';
import type { RegistrationMode } from '../src/model/observed.js';
import { EmulatedPool } from './emulated-pool.js';
import { ScriptedIncus } from './scripted-incus.js';
import { aPool } from './simulation/examples.js';

/** Calls to Incus about the instance `ci-1`. */
export const LOOK = 'GET /1.0/instances/ci-1';
export const MARK = 'PATCH /1.0/instances/ci-1';
export const PUSH = 'POST /1.0/instances/ci-1/files';
/** Its removal; it is found gone unless a test says otherwise. */
export const REMOVAL: readonly string[] = ['PUT /1.0/instances/ci-1/state', 'DELETE /1.0/instances/ci-1'];

/** What executors work with: the emulator for Azure, and a script for Incus. */
export class ExecutorBench implements AsyncDisposable {
  readonly pool: EmulatedPool;
  readonly incus: ScriptedIncus;
  readonly parts: ExecutorParts;

  private constructor(pool: EmulatedPool, incus: ScriptedIncus, registration: RegistrationMode) {
    const { target } = pool;
    const linux = {
      spec: aPool(),
      azure: pool.client,
      agentPoolId: async () => target.poolId,
      registrationTarget: async () => target,
      registration: () => registration,
      token: async () => new Secret(pool.emulator.token),
    };
    this.pool = pool;
    this.incus = incus;
    this.parts = {
      incus: incus.client,
      wayOut: new WayOut(),
      hostSees: async () => ({ memoryKills: undefined, isOutOfProcesses: false }),
      ownerId: '',
      owner: '',
      pools: new Map([['linux', linux]]),
      rootDisk: {},
      nic: { name: 'eth0', device: {} },
      storages: new Map(),
      storage: undefined,
      architecture: 'x86_64',
      isolation: new Isolation({ off: undefined, onOff: () => {} }),
      agentCache: new AgentCache({ directory: '', now: () => 0 }),
      keys: pool.keys,
      clock: systemClock,
      emit: () => {},
    };
  }

  static async start(
    registration: RegistrationMode,
    answer: (call: string) => number = () => 200,
    removal: () => number = () => 404,
  ): Promise<ExecutorBench> {
    const pool = await EmulatedPool.start();
    const incus = await ScriptedIncus.start(call => (REMOVAL.includes(call) ? removal() : answer(call)));
    return new ExecutorBench(pool, incus, registration);
  }

  /** The calls to Incus, in order. */
  get calls(): readonly string[] {
    return this.incus.calls.map(({ call }) => call);
  }

  /** The configuration keys that the first patch of the instance sets. */
  get marks(): Readonly<Record<string, string>> {
    const body = this.incus.calls.find(({ call }) => call === MARK)?.body.toString();
    return JSON.parse(body ?? '{}').config ?? {};
  }

  /** Text of the pushed archive's members, by name. */
  get pushed(): ReadonlyMap<string, string> {
    const tar = this.incus.calls.find(({ call }) => call === PUSH)?.body ?? new Uint8Array();
    return new Map(parseTar(tar).map(({ name, text }) => [name, text]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.incus[Symbol.asyncDispose]();
    await this.pool[Symbol.asyncDispose]();
  }
}
