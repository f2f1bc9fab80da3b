import type { Action } from '../../src/model/action.js';
import type { Agent, InstanceRecord, Registration } from '../../src/model/agent.js';
import type { Observed } from '../../src/model/observed.js';
import type { Reading } from '../../src/model/reading.js';
import type { join } from '../../src/observe/join.js';
import { Rings } from '../../src/observe/rings.js';
import { Ledger } from '../../src/reconcile/ledger.js';
import { urgencyMs } from '../../src/reconcile/urgency.js';
import { type Deed, deedOf } from './deeds.js';
import { OWNER } from './examples.js';
import { checkDecision, type Planner, promised } from './promises.js';
import type { World } from './world.js';

const INTERVAL_MS = 15_000;
const POLL_MS = 10_000;
const LIST_SPACING_MS = 100;

/** The parts under test: what joins the readings, and what decides. */
export interface Brain {
  readonly join: typeof join;
  readonly plan: Planner;
}

type AzureReading = Reading<readonly Registration[]>;

/** One life of the daemon: the real join, plan, ledger and rings, over readings that lag and fail. */
export class Daemon {
  readonly #world: World;
  readonly #brain: Brain;
  readonly #ledger = new Ledger();
  readonly #rings = new Rings();
  readonly #azure = new Map<string, AzureReading>();
  /** By agent pool: the readings of the last half minute, to prove proofs by. */
  readonly #proofs = new Map<string, (AzureReading & { known: true })[]>();
  readonly #pending = new Set<Deed>();
  #agents: readonly Agent[] = [];
  #alive = true;
  #passing = false;
  #rung = false;
  #restId = 0;
  #lastListAt = 0;
  passes = 0;
  lastActionAt = 0;

  constructor(world: World, brain: Brain) {
    this.#world = world;
    this.#brain = brain;
    world.incus.onEvent = (action, name) => this.#hear(action, name);
    for (const key of world.keys) {
      this.#azure.set(key, { known: false, error: 'not read yet', since: world.timeline.now });
      this.#poll(key);
    }
    this.#pass();
  }

  /** Its memory is gone; what it had asked for has happened by now, or never will. */
  kill(): void {
    this.#alive = false;
    this.#world.incus.onEvent = () => {};
    for (const deed of this.#pending) if (this.#world.random.chance(0.5)) deed.effect();
  }

  ring(): void {
    if (!this.#alive) return;
    if (this.#passing) this.#rung = true;
    else this.#pass();
  }

  get inFlight(): readonly Action[] {
    return this.#ledger.inFlight;
  }

  get agents(): readonly Agent[] {
    return this.#agents;
  }

  #hear(action: string, name: string): void {
    const { incus, random, timeline } = this.#world;
    if (this.#world.happens('ringLost')) return;
    const at = incus.now;
    timeline.in(random.between(1, 50), () => {
      if (action === 'ready') this.#rings.ring(name, at);
      this.ring();
    });
  }

  /** Lists Incus, which takes a moment, and decides on what the list showed when it began. */
  #pass(): void {
    const { timeline, random } = this.#world;
    this.#passing = true;
    this.#restId += 1;
    timeline.in(this.#lastListAt + LIST_SPACING_MS - timeline.now, () => {
      const at = timeline.now;
      this.#lastListAt = at;
      const failed = this.#world.happens('incusUnread');
      const list = failed ? undefined : this.#world.incus.list(this.#rings);
      const bases = [...this.#world.incus.bases].map(([name, base]) => ({ name, agentVersion: '', ...base }));
      timeline.in(random.chance(0.02) ? 2_000 : random.between(2, 30), () => {
        if (!this.#alive) return;
        const error = { known: false, error: 'unread', since: at } as const;
        this.#decide(list ? { known: true, value: list, at } : error, list ? { known: true, value: bases, at } : error);
      });
    });
  }

  #decide(instances: Reading<readonly InstanceRecord[]>, bases: Observed['bases']): void {
    const { timeline, desired, scenario } = this.#world;
    const { now } = timeline;
    this.passes += 1;
    this.#world.check();
    const sightings = { instances, registrations: new Map(this.#azure) };
    const agents = this.#brain.join(this.#agents, sightings, desired, OWNER, now);
    if (agents.known) {
      this.#agents = agents.value;
      this.#ledger.keepOnly(new Set(agents.value.map(agent => agent.name)));
    }
    if (instances.known) this.#rings.keepOnly(new Set(instances.value.map(({ name }) => name)));
    this.#ledger.settle(action => {
      const isAzure = action.kind === 'disable-agent' || action.kind === 'delete-registration';
      const reading = isAzure ? this.#azure.get(this.#world.keyOf(action.pool)) : instances;
      return reading?.known ? reading.at : undefined;
    });
    const observed: Observed = {
      owner: OWNER,
      agents,
      bases,
      wantedBases: new Map([...this.#world.wantedBase].map(([pool, value]) => [pool, { known: true, value, at: now }])),
      queued: this.#queued(now),
      drained: new Set(this.#world.drained),
      inFlight: this.#ledger.inFlight,
      failures: new Map(this.#ledger.failures),
      collected: new Set(this.#ledger.collected),
      registration: new Map(),
      creationBlocked: undefined,
    };
    const options = { maxConcurrentCreates: scenario.maxConcurrentCreates };
    const plan = this.#brain.plan(desired, observed, now, options);
    checkDecision({ planner: this.#brain.plan, desired, observed, now, options, plan });
    for (const action of plan.actions) this.#start(action);
    this.#rest(Math.min(plan.wakeAt ?? Number.POSITIVE_INFINITY, now + INTERVAL_MS));
  }

  /** Pools with a standby count what waits, in readings that fail apart from all others. */
  #queued(now: number): Observed['queued'] {
    const elastic = this.#world.desired.filter(spec => spec.standby < spec.agentCount);
    return new Map(
      elastic.map(spec => {
        const value = this.#world.azure.queued(this.#world.keyOf(spec.name));
        return [
          spec.name,
          this.#world.happens('azureUnread')
            ? { known: false, error: 'unread', since: now }
            : { known: true, value, at: now },
        ];
      }),
    );
  }

  #start(action: Action): void {
    const { timeline, random } = this.#world;
    if (action.kind === 'delete-registration') this.#checkProof(action);
    this.lastActionAt = timeline.now;
    this.#ledger.started(action);
    const deed = deedOf(action, this.#world);
    this.#pending.add(deed);
    timeline.in(deed.effectMs, () => {
      if (!this.#alive) return;
      this.#pending.delete(deed);
      deed.effect();
    });
    timeline.in(deed.endMs, () => {
      if (!this.#alive) return;
      const error = deed.error();
      if (error === undefined) {
        this.#ledger.ended(action, timeline.now);
        timeline.in(urgencyMs(action.kind), () => this.ring());
      } else {
        this.#ledger.failed(action, timeline.now, error, random.next());
        this.ring();
      }
    });
  }

  /** A registration whose instance lives goes only after two readings, five seconds apart, with none in between against it. */
  #checkProof(action: Action<'delete-registration'>): void {
    if (!this.#agents.find(agent => agent.name === action.name)?.instance) return;
    const readings = this.#proofs.get(this.#world.keyOf(action.pool)) ?? [];
    const agreeing = readings.slice(
      1 +
        readings.findLastIndex(({ value }) => {
          const registration = value.find(({ agentId }) => agentId === action.agentId);
          return !registration || registration.enabled || registration.assigned !== undefined;
        }),
    );
    const ms = (agreeing.at(-1)?.at ?? 0) - (agreeing[0]?.at ?? 0);
    promised(ms >= 5_000, 'an agent is drained only with proof', () => `${action.name} after ${ms} ms`);
  }

  #rest(until: number): void {
    this.#passing = false;
    const id = ++this.#restId;
    const { timeline } = this.#world;
    if (this.#rung) {
      this.#rung = false;
      this.#pass();
    } else {
      timeline.in(until - timeline.now, () => {
        if (this.#alive && id === this.#restId) this.#pass();
      });
    }
  }

  #poll(key: string): void {
    const { timeline, random, azure } = this.#world;
    const at = timeline.now;
    const lagMs = this.#world.happens('azureLags') ? random.between(0, 3_000) : 0;
    const failed = this.#world.happens('azureUnread');
    timeline.in(random.chance(0.05) ? 3_000 : random.between(20, 300), () => {
      if (!this.#alive) return;
      const before = this.#azure.get(key);
      if (failed) {
        const since = before?.known === false ? before.since : at;
        this.#azure.set(key, { known: false, error: 'unread', since });
      } else {
        const reading = { known: true, value: azure.list(key, at, lagMs), at } as const;
        this.#azure.set(key, reading);
        const kept = (this.#proofs.get(key) ?? []).filter(old => old.at > at - 600_000);
        this.#proofs.set(key, [...kept, reading]);
      }
      this.ring();
      timeline.in(at + POLL_MS - timeline.now, () => {
        if (this.#alive) this.#poll(key);
      });
    });
  }
}
