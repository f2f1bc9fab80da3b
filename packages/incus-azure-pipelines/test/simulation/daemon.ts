import type { Action } from '../../src/model/action.js';
import type { Agent } from '../../src/model/agent.js';
import type { Emit } from '../../src/model/event.js';
import { knownValue } from '../../src/model/observed.js';
import { azureKey, type PoolSpec } from '../../src/model/pool.js';
import { LIST_SPACING_MS } from '../../src/observe/incus-observer.js';
import { IncusPicture } from '../../src/observe/incus-picture.js';
import type { PlanOptions } from '../../src/plan/plan.js';
import { Controller, type Sight } from '../../src/reconcile/controller.js';
import type { Settings } from '../../src/reconcile/settings.js';
import { AzureReaders } from './azure-readers.js';
import type { Brain } from './brain.js';
import { checkPass } from './check-pass.js';
import { REGISTER } from './deeds.js';
import { RoomReader, reserveOf } from './host-room.js';
import type { IncusEvent } from './incus-world.js';
import { perform } from './performer.js';
import type { Process } from './process.js';
import { promised } from './promises.js';
import { VainCreations } from './setback-promises.js';

const INTERVAL_MS = 15_000;

/** One life of the daemon: the real deciding parts, over readings that lag and fail; only what waits is a stand-in. */
export class Daemon {
  readonly #process: Process;
  readonly #brain: Brain;
  readonly #owner: string;
  /** What its file says, as it was read last. */
  #desired: readonly PoolSpec[];
  readonly #controller: Controller;
  readonly #hostRoom: RoomReader;
  readonly #options: PlanOptions;
  readonly #incus: IncusPicture;
  readonly #azure: AzureReaders;
  /** By name of an agent: when a call of ours that disables it was last over, in true time. */
  readonly #disabledAt = new Map<string, number>();
  readonly #vainCreations: VainCreations;
  #isPassing = false;
  #isRung = false;
  #restId = 0;
  #laterId = 0;
  #lastListAt = 0;
  passes = 0;
  readonly lastActionAt = new Map<string, number>();

  constructor(process: Process, brain: Brain, owner: string) {
    this.#process = process;
    this.#brain = brain;
    this.#owner = owner;
    const { world, now } = process;
    this.#desired = this.#inFile;
    this.#azure = new AzureReaders(process, this.#desired, () => this.#azureRead());
    this.#incus = new IncusPicture(now);
    this.#vainCreations = new VainCreations(world);
    this.#hostRoom = new RoomReader(process, () => this.ring());
    const { maxConcurrentCreates, seed } = world.scenario;
    this.#options = { maxConcurrentCreates, hostReserve: reserveOf(seed) };
    const parts = { ...brain, ...this.#settings, owner, random: () => world.random.next(), emit: this.#emit };
    this.#controller = new Controller(parts, now);
    this.#pass();
  }

  /** Reads its file again, and goes by it from now on. */
  reload(): void {
    this.#desired = this.#inFile;
    this.#azure.take(this.#desired);
    this.#controller.take(this.#settings);
    this.ring();
  }

  get #inFile(): readonly PoolSpec[] {
    const { world } = this.#process;
    return world.poolsOf(this.#owner).filter(spec => !world.removed.has(spec.name));
  }

  get #settings(): Settings {
    return { desired: this.#desired, reconcileIntervalMs: INTERVAL_MS, ...this.#options };
  }

  /** Asks for a pass, at once or within so many ms: then whatever rings before that brings it along. */
  ring(withinMs = 0): void {
    if (!this.#process.isAlive) return;
    if (withinMs > 0) {
      const id = ++this.#laterId;
      this.#process.wait('a ring that may be late', withinMs, () => id === this.#laterId && this.ring());
    } else if (this.#isPassing) this.#isRung = true;
    else this.#pass();
  }

  #azureRead(): void {
    this.#controller.azureRead(this.#registrations);
    this.ring();
  }

  get #registrations(): Sight['registrations'] {
    return new Map([...this.#azure.all].map(([key, reader]) => [key, reader.reading]));
  }

  get #requests(): Sight['requests'] {
    return new Map(
      [...this.#azure.all].flatMap(([key, { requests }]) => (requests === undefined ? [] : [[key, requests]])),
    );
  }

  get inFlight(): readonly Action[] {
    return this.#controller.last?.observed.inFlight ?? [];
  }

  get agents(): readonly Agent[] {
    return knownValue(this.#controller.last?.observed.agents) ?? [];
  }

  /** An event of Incus is on its way here; `at` by the clock of the Incus host. */
  hear(event: IncusEvent, name: string, at: number): void {
    const { world } = this.#process;
    const { random, timeline } = world;
    if (world.strikes('ringLost', 'event lost', name)) return;
    const times = world.strikes('ringDoubled', 'event doubled', name) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const isLate = world.strikes('ringLate', 'event late', name);
      timeline.in(isLate ? random.between(1_000, 20_000) : random.between(1, 50), () => {
        // The clock was put back meanwhile: what was said before looks later than what was done since.
        const guest = world.guests.get(name);
        if (guest !== undefined && at > world.incus.clock.now) guest.isMistakable = true;
        const withinMs = this.#incus.hear(event, name, at);
        if (withinMs !== undefined) this.ring(withinMs);
      });
    }
  }

  /** Looks at Incus: at what was heard since the latest list where that is all, else at a list, which takes a moment. */
  #pass(): void {
    this.#isPassing = true;
    this.#restId += 1;
    this.#laterId += 1;
    if (this.#incus.patch()) {
      this.ring(LIST_SPACING_MS);
      this.#decide();
      return;
    }
    const dueMs = this.#lastListAt + LIST_SPACING_MS - this.#process.world.timeline.now;
    this.#process.wait('its turn to list Incus', dueMs, () => this.#list());
  }

  #list(): void {
    const { world, now: at } = this.#process;
    const { timeline, random, incus } = world;
    this.#lastListAt = timeline.now;
    const failed = world.strikes('incusUnread', 'Incus unread') || incus.isDown;
    const pools = new Set(world.poolsOf(this.#owner).map(spec => spec.name));
    this.#incus.listing();
    const instances = failed ? [] : incus.list(pools, this.#incus.rings);
    const bases = [...incus.bases].flatMap(([name, base]) => (pools.has(base.pool) ? [{ name, ...base }] : []));
    const isSlow = world.strikes('incusSlow', 'Incus slow');
    this.#process.wait('a list of Incus', isSlow ? random.between(1_000, 10_000) : random.between(2, 30), () => {
      if (failed) this.#incus.failed('unread', at);
      else this.#incus.listed({ instances, bases }, at);
      this.#decide();
    });
  }

  #decide(): void {
    const { world, now } = this.#process;
    this.passes += 1;
    const { parallelJobs } = world.azure.holding ?? {};
    const kind = world.scenario.hostRegisters ? 'host' : 'guest';
    const sight = {
      ...this.#incus.readings,
      registrations: this.#registrations,
      agentPoolIds: new Map(this.#azure.ids),
      wantedBases: new Map(
        [...world.wantedBase].map(([pool, value]) => [pool, { known: true, value, at: now }] as const),
      ),
      requests: this.#requests,
      parallelJobs: new Map(
        parallelJobs === undefined ? [] : this.#desired.map(({ azure }) => [azureKey(azure), parallelJobs]),
      ),
      readers: new Map([...this.#azure.all].map(([key, { readers }]) => [key, readers])),
      drained: new Set(world.drained),
      drainedAgents: new Set(world.drainedAgents),
      withoutPlaceholder: new Set<string>(),
      registration: new Map(this.#desired.map(({ name }) => [name, { kind }] as const)),
      creationBlocked: undefined,
      hostRoom: this.#hostRoom.room,
    };
    const { observed, plan, nextAt, reread } = this.#controller.observe(sight, now);
    const decision = { planner: this.#brain.plan, desired: this.#desired, observed, now, options: this.#options, plan };
    checkPass(decision, sight, world);
    for (const key of reread) this.#azure.all.get(key)?.refresh();
    this.#azure.keepOnly(this.#desired, observed.agents);
    if (plan.asksForRoom) this.#hostRoom.read();
    for (const action of plan.actions) this.#start(action);
    this.#rest(nextAt - now);
  }

  readonly #emit: Emit = (name, event) => {
    const { chronicle } = this.#process.world;
    if (chronicle.lines === undefined || !('agent' in event)) return;
    const { agent } = event;
    chronicle.tell(() => `  seen: ${agent.name} ${name === 'phase-changed' ? agent.phase : name}`);
  };

  #start(action: Action): void {
    const { world, now: startedAt } = this.#process;
    if (action.kind === 'delete-registration') this.#checkProof(action);
    if (!world.isLeftBehind(action)) this.lastActionAt.set(action.pool, world.timeline.now);
    if (action.kind === 'create-instance') this.#vainCreations.note(action);
    this.#controller.started(action, startedAt);
    world.chronicle.tell(() => `  ${action.kind} ${'name' in action ? action.name : action.base}: ${action.reason}`);
    const ended = (error: string | undefined) => {
      const { now } = this.#process;
      if (error !== undefined) this.#controller.failed(action, now, error);
      const withinMs = error === undefined ? this.#controller.ended(action, startedAt, now) : 0;
      if (action.kind === 'disable-agent') this.#disabledAt.set(action.name, world.timeline.now);
      if (error === undefined && action.kind === 'collect-log') this.#noteRegistration(action, now);
      this.ring(withinMs);
    };
    const went = (step: string) => 'name' in action && step === REGISTER && this.#noteRegistered(action.name);
    perform(action, this.#process, this.#brain.deedOf, ended, went);
  }

  /** Whoever registers an agent knows its id at once. */
  #noteRegistered(name: string): void {
    const agentId = this.#process.world.guests.get(name)?.agentId;
    if (agentId !== undefined) this.#controller.noteRegistered(name, agentId);
  }

  /** The log that was collected says whether the guest could register its agent. */
  #noteRegistration({ name, pool }: Action<'collect-log'>, now: number): void {
    const error = this.#process.world.guests.get(name)?.gaveUp ? 'no answer' : undefined;
    this.#controller.noteRegistration(pool, name, error, now);
  }

  /**
   * A registration whose instance lives goes only after two readings, five seconds apart, with none in between against it; both
   * began when our own disabling was over, be it that its answer was lost.
   */
  #checkProof(action: Action<'delete-registration'>): void {
    if (!this.agents.find(agent => agent.name === action.name)?.instance) return;
    const disabledAt = this.#disabledAt.get(action.name) ?? 0;
    const ms = this.#azure.all.get(action.agentPool)?.agreedMs(disabledAt, registrations => {
      const registration = registrations.find(({ agentId }) => agentId === action.agentId);
      return registration !== undefined && !registration.enabled && registration.assigned === undefined;
    });
    promised((ms ?? 0) >= 5_000, 'an agent is drained only with proof', () => `${action.name} after ${ms} ms`);
  }

  #rest(ms: number): void {
    this.#isPassing = false;
    const id = ++this.#restId;
    if (this.#isRung) {
      this.#isRung = false;
      this.#pass();
    } else
      this.#process.wait('a ring or the next pass', ms, () => {
        if (id === this.#restId) this.#pass();
      });
  }
}
