import type { Action, Executors } from '../src/model/action.js';
import type { InstanceRecord, Registration } from '../src/model/agent.js';
import type { DaemonEvents } from '../src/model/event.js';
import { CONTRACT } from '../src/model/marks.js';
import { azureKey } from '../src/model/pool.js';
import type { Reading } from '../src/model/reading.js';
import type { AzureObserver } from '../src/observe/azure-observer.js';
import type { IncusReadings } from '../src/observe/incus-picture.js';
import { Reconciler } from '../src/reconcile/reconciler.js';
import { aPool, known, NOW, OWNER } from './simulation/examples.js';
import { FakeClock, settled } from './simulation/fake-clock.js';
import { tracesOn } from './traces-on.js';

export const BENCH_INTERVAL_MS = 15_000;
/** The one pool that is reconciled. */
export const BENCH_POOL = aPool({ agentCount: 1 });

/** An action that has started, to be ended by the test. */
interface Running {
  readonly action: Action;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** A reconciler over readings that the test sets, with executors that the test ends. */
export class Bench {
  readonly clock = new FakeClock(NOW);
  readonly running: Running[] = [];
  readonly told: { readonly name: keyof DaemonEvents; readonly event: unknown }[] = [];
  readonly reconciler: Reconciler;
  instances: Reading<readonly InstanceRecord[]> = known([]);
  registrations: Reading<readonly Registration[]> = known([]);
  lists = 0;
  refreshes = 0;
  /** Runs while a list is under way. */
  duringList: () => void = () => {};
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  #done: Promise<void> | undefined;

  constructor() {
    this.reconciler = new Reconciler({
      desired: [BENCH_POOL],
      owner: OWNER,
      incus: { read: async () => this.#read() },
      azure: new Map([[azureKey(BENCH_POOL.azure), this.#azure()]]),
      wantedBases: () => new Map([['linux', known('base-1')]]),
      wishes: { pools: new Set(), agents: new Set(), withoutPlaceholder: new Set() },
      registration: () => new Map(),
      host: { obstacle: undefined, room: undefined, readRoom: async () => {} },
      executors: this.#executors(),
      clock: this.clock,
      random: () => 0.5,
      emit: (name, event) => name !== 'pass-ended' && this.told.push({ name, event }),
      reconcileIntervalMs: BENCH_INTERVAL_MS,
      maxConcurrentCreates: 5,
    });
  }

  /** Starts the loop over what Incus and Azure show. */
  async start(given: Partial<Pick<Bench, 'instances' | 'registrations'>> = {}): Promise<this> {
    Object.assign(this, given);
    this.#done = this.reconciler.run(this.#stop.signal, this.#abandon.signal);
    await settled();
    return this;
  }

  /** Asks it to stop; the result is whether it has. */
  async stop(): Promise<boolean> {
    this.#stop.abort();
    let stopped = this.#done === undefined;
    void this.#done?.then(() => {
      stopped = true;
    });
    await settled();
    return stopped;
  }

  async end(): Promise<void> {
    await this.stop();
    for (const { end } of this.running) end();
    await this.#done;
  }

  /** What the loop has left on the signal that ends it. */
  get traces(): number {
    return tracesOn(this.#stop.signal);
  }

  get kinds(): string[] {
    return this.running.map(({ action }) => action.kind);
  }

  async #read(): Promise<IncusReadings> {
    this.lists += 1;
    this.duringList();
    const at = this.clock.now();
    const instances = this.instances.known ? { ...this.instances, at } : this.instances;
    const base = {
      name: 'base-1',
      pool: 'linux',
      ready: true,
      idsFrom: undefined,
      contract: CONTRACT,
      createdAt: 0,
      own: '',
      image: '',
      checkedAt: 0,
      agentVersion: '',
      docker: false,
      copyCost: undefined,
      provenFor: ['linux'],
    };
    return { instances, bases: this.instances.known ? known([base], at) : this.instances };
  }

  #azure(): Pick<AzureObserver, 'agentPoolId' | 'parallelJobs' | 'readers' | 'reading' | 'refresh' | 'requests'> {
    const azure = {
      agentPoolId: 1,
      parallelJobs: undefined,
      readers: { owners: new Set<string>(), intervalMs: 10_000 },
      reading: this.registrations,
      requests: undefined,
      refresh: () => {
        this.refreshes += 1;
      },
    };
    return Object.defineProperty(azure, 'reading', { get: () => this.registrations });
  }

  #executors(): Executors {
    const executor = async (action: Action) => {
      await new Promise<void>((end, fail) => this.running.push({ action, end, fail }));
    };
    return {
      'build-base': executor,
      'delete-base': executor,
      'prove-base': executor,
      'create-instance': executor,
      'activate-agent': executor,
      'listen-agent': executor,
      'enable-agent': executor,
      'collect-log': executor,
      'disable-agent': executor,
      'delete-registration': executor,
      'keep-placeholder': executor,
      'remove-placeholder': executor,
      'delete-instance': executor,
      'warn-of-end': executor,
      'ask-prepared': executor,
      'remove-doorbell': executor,
      'give-way': executor,
    };
  }
}
