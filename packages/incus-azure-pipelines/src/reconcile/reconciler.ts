/**
 * The loop: wake, observe, plan, start actions. It waits, and starts what was decided; deciding never awaits, doing never
 * decides, and no other timer moves anything.
 */
import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import { Doorbell } from '../lib/doorbell.js';
import type { Action, Executors } from '../model/action.js';
import type { Observed } from '../model/observed.js';
import type { AzureObserver } from '../observe/azure-observer.js';
import type { HostWatch } from '../observe/host-watch.js';
import type { IncusObserver } from '../observe/incus-observer.js';
import { Controller, type ControllerParts, type Pass, type Sight } from './controller.js';
import type { DrainWishes } from './drain-wishes.js';
import { perform } from './perform.js';
import type { Settings } from './settings.js';

export interface ReconcilerParts extends ControllerParts {
  readonly incus: Pick<IncusObserver, 'read'>;
  /** By `azureKey`. */
  readonly azure: ReadonlyMap<
    string,
    Pick<AzureObserver, 'agentPoolId' | 'parallelJobs' | 'readers' | 'reading' | 'refresh' | 'requests'>
  >;
  /** By pool: the base that its configuration asks for. */
  readonly wantedBases: () => Observed['wantedBases'];
  /** Pools and agents that a person drains. */
  readonly wishes: Pick<DrainWishes, 'agents' | 'pools' | 'withoutPlaceholder'>;
  /** By pool. */
  readonly registration: () => Observed['registration'];
  readonly host: Pick<HostWatch, 'obstacle' | 'readRoom' | 'room'>;
  readonly executors: Executors;
  readonly clock: Clock;
}

export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #controller: Controller;
  readonly #doorbell: Doorbell;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#controller = new Controller(parts, parts.clock.now());
    this.#doorbell = new Doorbell(parts.clock);
  }

  /** The latest pass; undefined before the first one. */
  get last(): Pass | undefined {
    return this.#controller.last;
  }

  /** Asks for a pass: at once, or within so many ms. */
  ring(withinMs = 0): void {
    this.#doorbell.ring(withinMs);
  }

  /** Goes by other settings from now on, and asks for a pass at once. */
  take(settings: Settings): void {
    this.#controller.take(settings);
    this.ring();
  }

  /** A reading of Azure has come: asks for a pass at once. */
  azureRead(): void {
    this.#controller.azureRead(this.#registrations);
    this.ring();
  }

  /** Has bases built at once, however lately that failed. */
  retryBuilds(bases: readonly string[]): void {
    this.#controller.retryBuilds(bases);
    this.ring();
  }

  /** Notes the id under which the host has registered an agent. */
  noteRegistered(name: string, agentId: number): void {
    this.#controller.noteRegistered(name, agentId);
  }

  /** Notes how a guest says that its registration went. */
  noteRegistration(pool: string, name: string, error: string | undefined): void {
    this.#controller.noteRegistration(pool, name, error, this.#parts.clock.now());
  }

  /** Passes until the signal aborts. Actions get a signal of their own: they may end after planning has stopped. */
  async run(signal: AbortSignal, actionSignal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      const pass = await this.pass(signal).catch(error => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (pass === undefined || signal.aborted) break;
      for (const key of pass.reread) this.#parts.azure.get(key)?.refresh();
      if (pass.plan.asksForRoom) void this.#parts.host.readRoom(signal).then(() => this.ring());
      for (const action of pass.plan.actions) {
        const done = this.#start(action, actionSignal).finally(() => running.delete(done));
        running.add(done);
      }
      await this.#rest(pass, signal);
    }
    await Promise.all(running);
    this.#doorbell[Symbol.dispose]();
  }

  /** Looks at everything and decides, without doing anything. */
  async pass(signal: AbortSignal): Promise<Pass> {
    const { azure, clock, host, incus, registration, wantedBases, wishes } = this.#parts;
    const { bases, instances } = await incus.read(signal);
    const sight = {
      instances,
      bases,
      registrations: this.#registrations,
      agentPoolIds: new Map(
        [...azure].flatMap(([key, { agentPoolId }]) => (agentPoolId === undefined ? [] : [[key, agentPoolId]])),
      ),
      wantedBases: wantedBases(),
      requests: new Map([...azure].flatMap(([key, { requests }]) => (requests === undefined ? [] : [[key, requests]]))),
      parallelJobs: new Map(
        [...azure].flatMap(([key, { parallelJobs }]) => (parallelJobs === undefined ? [] : [[key, parallelJobs]])),
      ),
      readers: new Map([...azure].map(([key, { readers }]) => [key, readers])),
      drained: wishes.pools,
      drainedAgents: wishes.agents,
      withoutPlaceholder: wishes.withoutPlaceholder,
      registration: registration(),
      creationBlocked: host.obstacle,
      hostRoom: host.room,
    };
    return this.#controller.observe(sight, clock.now());
  }

  get #registrations(): Sight['registrations'] {
    return new Map([...this.#parts.azure].map(([key, observer]) => [key, observer.reading]));
  }

  async #start(action: Action, signal: AbortSignal): Promise<void> {
    const { clock, emit, executors } = this.#parts;
    const startedAt = clock.now();
    this.#controller.started(action, startedAt);
    let withinMs = 0;
    try {
      await perform(executors, action, signal);
      withinMs = this.#controller.ended(action, startedAt, clock.now());
    } catch (error) {
      const at = clock.now();
      const { retryAt, count } = this.#controller.failed(action, at, error);
      if (!signal.aborted) emit('action-failed', { action, at, error, retryAt, count });
    }
    this.#doorbell.ring(withinMs);
  }

  /** Waits for a ring, the plan's own deadline, or the interval. */
  async #rest({ nextAt }: Pass, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    using rest = childSignal(signal);
    const due = clock.sleep(nextAt - clock.now(), rest.signal).catch(() => {});
    await Promise.race([due, this.#doorbell.wait(rest.signal)]);
  }
}
