import type { Action, Plan } from '../../src/model/action.js';
import type { Agent, InstanceRecord } from '../../src/model/agent.js';
import type { Observed } from '../../src/model/observed.js';
import type { PoolSpec } from '../../src/model/pool.js';
import type { Reading } from '../../src/model/reading.js';
import { Rings } from '../../src/observe/rings.js';
import { changesOf } from '../../src/reconcile/changes.js';
import { Ledger } from '../../src/reconcile/ledger.js';
import { noteLostTrials } from '../../src/reconcile/lost-trials.js';
import { urgencyMs } from '../../src/reconcile/urgency.js';
import { AzureReader } from './azure-reader.js';
import { checkBases } from './base-promises.js';
import type { Brain } from './brain.js';
import type { IncusEvent } from './incus-world.js';
import { perform } from './performer.js';
import type { Process } from './process.js';
import { checkDecision, promised } from './promises.js';

const INTERVAL_MS = 15_000;
const LIST_SPACING_MS = 100;

/** One life of the daemon: the real join, plan, ledger and rings, over readings that lag and fail. */
export class Daemon {
  readonly #process: Process;
  readonly #brain: Brain;
  readonly #owner: string;
  readonly #ledger = new Ledger();
  readonly #rings = new Rings();
  readonly #azure: ReadonlyMap<string, AzureReader>;
  #agents: readonly Agent[] = [];
  #decided: Plan | undefined;
  readonly #removed: ReadonlySet<string>;
  #isPassing = false;
  #isRung = false;
  #restId = 0;
  #lastListAt = 0;
  passes = 0;
  lastActionAt = 0;

  constructor(process: Process, brain: Brain, owner: string) {
    this.#process = process;
    this.#brain = brain;
    this.#owner = owner;
    const { world } = process;
    this.#removed = new Set(world.removed);
    const keys = new Set(this.#desired.map(spec => world.keyOf(spec.name)));
    this.#azure = new Map([...keys].map(key => [key, new AzureReader(process, key, () => this.ring())]));
    this.#pass();
  }

  get #desired(): readonly PoolSpec[] {
    return this.#process.world.poolsOf(this.#owner).filter(spec => !this.#removed.has(spec.name));
  }

  ring(): void {
    if (!this.#process.isAlive) return;
    if (this.#isPassing) this.#isRung = true;
    else this.#pass();
  }

  get inFlight(): readonly Action[] {
    return this.#ledger.inFlight;
  }

  get agents(): readonly Agent[] {
    return this.#agents;
  }

  /** An event of Incus is on its way here. */
  hear(event: IncusEvent, name: string): void {
    const { world } = this.#process;
    const { random, timeline, incus } = world;
    if (world.strikes('ringLost', 'event lost', name)) return;
    const at = incus.clock.now;
    const times = world.strikes('ringDoubled', 'event doubled', name) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const isLate = world.strikes('ringLate', 'event late', name);
      timeline.in(isLate ? random.between(1_000, 20_000) : random.between(1, 50), () => {
        if (event === 'ready') this.#rings.ring(name, at);
        this.ring();
      });
    }
  }

  /** Lists Incus, which takes a moment, and decides on what the list showed when it began. */
  #pass(): void {
    const { world } = this.#process;
    const { timeline, random, incus } = world;
    this.#isPassing = true;
    this.#restId += 1;
    this.#process.wait('its turn to list Incus', this.#lastListAt + LIST_SPACING_MS - timeline.now, () => {
      const at = this.#process.now;
      this.#lastListAt = timeline.now;
      const failed = world.strikes('incusUnread', 'Incus unread') || incus.isDown;
      const pools = new Set(world.poolsOf(this.#owner).map(spec => spec.name));
      const list = failed ? undefined : incus.list(pools, this.#rings);
      const bases = [...incus.bases].flatMap(([name, base]) => (pools.has(base.pool) ? [{ name, ...base }] : []));
      const isSlow = world.strikes('incusSlow', 'Incus slow');
      this.#process.wait('a list of Incus', isSlow ? random.between(1_000, 10_000) : random.between(2, 30), () => {
        const error = { known: false, error: 'unread', since: at } as const;
        this.#decide(list ? { known: true, value: list, at } : error, list ? { known: true, value: bases, at } : error);
      });
    });
  }

  #decide(instances: Reading<readonly InstanceRecord[]>, bases: Observed['bases']): void {
    const { world, now } = this.#process;
    const desired = this.#desired;
    this.passes += 1;
    world.check();
    const registrations = new Map([...this.#azure].map(([key, reader]) => [key, reader.reading]));
    const sightings = { instances, registrations, activating: this.#ledger.activating };
    const agents = this.#brain.join(this.#agents, sightings, desired, this.#owner, now);
    if (agents.known) this.#remember(agents.value);
    if (instances.known) this.#rings.keepOnly(new Set(instances.value.map(({ name }) => name)));
    this.#ledger.settle(action => {
      const isForIncus = action.kind === 'enable-agent' || !isForAzure(action);
      const shown = [
        ...(isForAzure(action) ? [registrations.get(world.keyOf(action.pool))] : []),
        ...(isForIncus ? [instances] : []),
      ];
      const times = shown.flatMap(reading => (reading?.known ? [reading.at] : []));
      return times.length === shown.length ? Math.min(...times) : undefined;
    });
    const observed: Observed = {
      owner: this.#owner,
      agents,
      bases,
      wantedBases: new Map([...world.wantedBase].map(([pool, value]) => [pool, { known: true, value, at: now }])),
      queued: this.#queued(now),
      drained: new Set(world.drained),
      drainedAgents: new Set(),
      inFlight: this.#ledger.inFlight,
      failures: new Map(this.#ledger.failures),
      collected: new Set(this.#ledger.collected),
      registration: new Map(
        desired.map(({ name }) => [name, { kind: world.scenario.hostRegisters ? 'host' : 'guest' }]),
      ),
      warned: new Map(this.#ledger.warned),
      creationBlocked: undefined,
    };
    const options = { maxConcurrentCreates: world.scenario.maxConcurrentCreates };
    const plan = this.#brain.plan(desired, observed, now, options);
    if (agents.known) this.#decided = plan;
    const decision = { planner: this.#brain.plan, desired, observed, now, options, plan };
    checkDecision(decision);
    checkBases(decision, this.#agents);
    for (const action of plan.actions) this.#start(action);
    this.#rest(Math.min(plan.wakeAt ?? Number.POSITIVE_INFINITY, now + INTERVAL_MS) - now);
  }

  #remember(agents: readonly Agent[]): void {
    const { chronicle, random } = this.#process.world;
    const sights = { before: this.#agents, after: agents, at: this.#process.now };
    noteLostTrials(this.#ledger, sights, this.#decided, () => random.next());
    if (chronicle.lines)
      for (const change of changesOf(this.#agents, agents))
        chronicle.tell(() => `  seen: ${change.agent.name} ${change.kind === 'gone' ? 'gone' : change.agent.phase}`);
    this.#agents = agents;
    this.#ledger.keepOnly(new Set(agents.map(agent => agent.name)));
  }

  /** Pools with a standby count what waits, in readings that fail apart from all others. */
  #queued(now: number): Observed['queued'] {
    const { world } = this.#process;
    const elastic = world.poolsOf(this.#owner).filter(spec => spec.standby < spec.agentCount);
    return new Map(
      elastic.map(spec => [
        spec.name,
        world.strikes('azureUnread', 'queue unread')
          ? { known: false, error: 'unread', since: now }
          : { known: true, value: world.azure.queued(world.keyOf(spec.name)), at: now },
      ]),
    );
  }

  #start(action: Action): void {
    const { world } = this.#process;
    if (action.kind === 'delete-registration') this.#checkProof(action);
    this.lastActionAt = world.timeline.now;
    this.#ledger.started(action);
    world.chronicle.tell(() => `  ${action.kind} ${'name' in action ? action.name : action.base}: ${action.reason}`);
    perform(action, this.#process, this.#brain.deedOf, error => {
      const { now } = this.#process;
      if (error === undefined) {
        this.#ledger.ended(action, now);
        this.#process.wait('a ring that may be late', urgencyMs(action.kind), () => this.ring());
      } else {
        this.#ledger.failed(action, now, error, world.random.next());
        this.ring();
      }
      if (isForAzure(action)) this.#azure.get(world.keyOf(action.pool))?.refresh();
    });
  }

  /** A registration whose instance lives goes only after two readings, five seconds apart, with none in between against it. */
  #checkProof(action: Action<'delete-registration'>): void {
    if (!this.#agents.find(agent => agent.name === action.name)?.instance) return;
    const reader = this.#azure.get(this.#process.world.keyOf(action.pool));
    const ms = reader?.agreedMs(registrations => {
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

function isForAzure(action: Action): boolean {
  return action.kind === 'disable-agent' || action.kind === 'delete-registration' || action.kind === 'enable-agent';
}
