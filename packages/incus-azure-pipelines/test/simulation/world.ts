import type { Action } from '../../src/model/action.js';
import type { AgentPhase } from '../../src/model/agent.js';
import { type PoolSpec, scales } from '../../src/model/pool.js';
import { shapeOf } from '../../src/model/shape.js';
import { OVERLONG } from '../../src/plan/job-limit.js';
import { AgentPools } from './agent-pools.js';
import { AzureWorld } from './azure-world.js';
import { BASE_FAULTS, type BaseFault } from './base-faults.js';
import { Chronicle } from './chronicle.js';
import { demandingOf } from './demands.js';
import { desiredPools } from './desired-pools.js';
import { OWNER, OWNERS } from './examples.js';
import type { Fault } from './faults.js';
import { Guest } from './guest.js';
import { HostClock } from './host-clock.js';
import { IncusWorld, type Instance } from './incus-world.js';
import { promised } from './promises.js';
import { chosen, Random } from './random.js';
import type { Faults, Scenario } from './scenario.js';
import { idsOfNew } from './shared-ids.js';
import { Timeline } from './timeline.js';
import { truePhase } from './true-phase.js';
import { checkOverlong, checkSecondJob } from './truth.js';

const START_AT = Date.UTC(2030, 0, 1);

/** How far the clock of an Incus host elsewhere is off; on this host it is one clock. */
const ELSEWHERE_MS = [undefined, -3_600_000, 3_600_000];

/** Both systems, all guests, and what people wish: the truth that the daemon sees through its readings alone. */
export class World {
  readonly scenario: Scenario;
  readonly timeline = new Timeline(START_AT);
  readonly clock = new HostClock(this.timeline);
  readonly chronicle: Chronicle;
  readonly random: Random;
  readonly incus: IncusWorld;
  readonly azure: AzureWorld;
  readonly agentPools: AgentPools;
  readonly guests = new Map<string, Guest>();
  readonly drained = new Set<string>();
  readonly drainedAgents = new Set<string>();
  /** Names of instances that were given the user ids of another one. */
  readonly sharers = new Set<string>();
  /** Agents whose jobs will be ended, as was said. */
  readonly warned = new Set<string>();
  /** Pools that are not in the file now; a daemon reads it at its start. */
  readonly removed = new Set<string>();
  readonly wantedBase = new Map<string, string>();
  /** Largest agentCount that each pool has had. */
  readonly most = new Map<string, number>();
  /** How long jobs take at the most (ms), if not as long as usual: for ever are those that end when they are told to. */
  longestJobMs: number | undefined;
  #desired: readonly PoolSpec[];
  #byOwner: ReadonlyMap<string, readonly PoolSpec[]>;
  #isStorm = true;

  constructor(scenario: Scenario, isTold = false, random = new Random(scenario.seed)) {
    this.scenario = scenario;
    this.random = random;
    this.chronicle = new Chronicle(() => this.timeline.now, isTold);
    const elsewhereMs = ELSEWHERE_MS[chosen(scenario.seed, 'clock of Incus', ELSEWHERE_MS.length)];
    const clock = elsewhereMs === undefined ? this.clock : new HostClock(this.timeline, elsewhereMs);
    this.incus = new IncusWorld(this.timeline, clock);
    this.azure = new AzureWorld(this.timeline, this.random);
    this.azure.onAssigned = (name, requestId) => this.chronicle.tell(() => `job ${requestId} is assigned to ${name}`);
    this.#desired = desiredPools(scenario);
    this.azure.demanding = demandingOf(scenario.seed, this.#desired.some(scales));
    this.#byOwner = this.#group();
    this.agentPools = new AgentPools(this.#desired);
    for (const spec of this.#desired) {
      this.wantedBase.set(spec.name, this.baseName(spec.name, 1));
      this.most.set(spec.name, spec.agentCount);
    }
  }

  get desired(): readonly PoolSpec[] {
    return this.#desired;
  }

  set desired(desired: readonly PoolSpec[]) {
    this.#desired = desired;
    this.#byOwner = this.#group();
  }

  get owners(): readonly string[] {
    return [...this.#byOwner.keys()];
  }

  poolsOf(owner: string): readonly PoolSpec[] {
    return this.#byOwner.get(owner) ?? [];
  }

  /** Where installations stand side by side, each has one pool. */
  ownerOf(pool: string): string {
    return (this.scenario.sideBySide && OWNERS[Number(pool.slice('pool-'.length))]) || OWNER;
  }

  baseName(pool: string, generation: number): string {
    return `base-${this.ownerOf(pool)}-${generation}`;
  }

  /** How many bases people may want: in some worlds there are four more, which build and do not work. */
  get bases(): number {
    return chosen(this.scenario.seed, 'bases', 3) === 0 ? 7 : 3;
  }

  /** What is wrong with a base that people may want. */
  faultOf(base: string): BaseFault | undefined {
    return BASE_FAULTS[base.slice(-2)];
  }

  get isStorm(): boolean {
    return this.#isStorm;
  }

  /** The fault's rate while the storm lasts, else 0. */
  fault(name: keyof Faults): number {
    return this.#isStorm ? this.scenario.faults[name] : 0;
  }

  happens(name: keyof Faults): boolean {
    const rate = this.fault(name);
    return rate > 0 && this.random.chance(rate);
  }

  /** Whether a fault happens now, to the agent of that name or to all; counted where it does. */
  strikes(rate: keyof Faults, fault: Fault, name?: string): boolean {
    if (!this.happens(rate)) return false;
    if (name === undefined) this.strikeAll(fault);
    else this.strike(fault, name);
    return true;
  }

  strike(fault: Fault, name: string): void {
    const phase = this.phaseOf(name);
    this.chronicle.strike(fault, phase ? [phase] : [], name);
  }

  strikeAll(fault: Fault, what = ''): void {
    const phases = new Set<AgentPhase>();
    for (const name of this.guests.keys()) {
      const phase = this.phaseOf(name);
      if (phase) phases.add(phase);
    }
    this.chronicle.strike(fault, phases, what);
  }

  phaseOf(name: string): AgentPhase | undefined {
    const guest = this.guests.get(name);
    return guest && truePhase(guest, this);
  }

  calm(): void {
    this.#isStorm = false;
    this.drained.clear();
    this.azure.showAll(this.timeline.now);
    // A pool whose first base is of no use has nothing to go back to: a person mends that.
    for (const { name } of this.desired) {
      const isProven = [...this.incus.bases.values()].some(({ provenFor }) => provenFor.includes(name));
      if (this.faultOf(this.wantedBase.get(name) ?? '') && !isProven) this.wantedBase.set(name, this.baseName(name, 1));
    }
  }

  get keys(): readonly string[] {
    return this.agentPools.keys;
  }

  keyOf(pool: string): string {
    return this.agentPools.keyOf(pool);
  }

  /** The instances of a pool, but for agents of an agent pool that has lost its name: nobody reads them. */
  instancesOf(pool: string): readonly Instance[] {
    const isRead = ({ activatedAt, name }: Instance) =>
      activatedAt === undefined || this.guests.get(name)?.key === this.keyOf(pool);
    return [...this.incus.instances.values()].filter(instance => instance.pool === pool && isRead(instance));
  }

  /** Whether it is about an agent of an agent pool that its pool is not for any more: such an agent ends in its own time. */
  isLeftBehind(action: Action): boolean {
    if (!('name' in action) || this.incus.instances.get(action.name)?.activatedAt === undefined) return false;
    return this.instancesOf(action.pool).every(({ name }) => name !== action.name);
  }

  addInstance(name: string, pool: string, base: string): Guest {
    promised(!this.guests.has(name), 'a name is used once', () => name);
    const spec = this.desired.find(one => one.name === pool);
    const idsFrom = idsOfNew(name, pool, this);
    const shape = spec ? shapeOf(spec) : '';
    this.incus.create(name, { pool, base, agentPool: this.agentPools.nameOf(pool), shape, idsFrom });
    const { timeline, random, incus, azure } = this;
    const suffers = (guest: Guest, rate: keyof Faults, fault: Fault) => this.strikes(rate, fault, guest.name);
    const longestJobMs = () => this.longestJobMs;
    const robberTook = (robbed: Guest) => checkSecondJob(robbed, this);
    const guest = new Guest(
      { timeline, random, incus, azure, longestJobMs, suffers, robberTook, baseFault: this.faultOf(base) },
      name,
      this.keyOf(pool),
      pool,
    );
    this.guests.set(name, guest);
    return guest;
  }

  /** Somebody stops the instance: no job may be in it, nor on its way to it. */
  stopInstance(name: string, reason: string): undefined {
    const guest = this.guests.get(name);
    if (guest?.working && reason === OVERLONG) checkOverlong(guest, this);
    else promised(!(guest && this.holdsJob(guest)), 'no job is killed', () => `instance ${name} ended: ${reason}`);
    const isLost = reason === 'was not prepared in time' && guest?.isPrepared === true && !guest.isUnasked;
    promised(
      !(isLost && this.incus.isAlive(name)),
      'what has prepared itself is not given up for a lost word',
      () => name,
    );
    if (this.incus.isAlive(name)) guest?.die();
  }

  removeInstance(name: string, reason: string): undefined {
    this.stopInstance(name, reason);
    this.incus.remove(name);
    this.guests.get(name)?.dead();
  }

  removeRegistration(key: string, agentId: number, reason: string): boolean {
    const registration = this.azure.find(key, agentId);
    const found = registration && this.guests.get(registration.name);
    const guest = found?.agentId === agentId ? found : undefined;
    // Whoever enables it in the last instant gets a refusal in our way, and no job is hurt.
    if (guest?.isMeddledWith && registration?.assigned) return false;
    promised(
      !(guest && this.holdsJob(guest)),
      'no job is killed',
      () => `registration of ${guest?.name} deleted: ${reason}`,
    );
    const gone = this.azure.remove(key, agentId);
    if (gone) guest?.deregistered();
    return gone;
  }

  isEnabled(name: string): boolean {
    const guest = this.guests.get(name);
    return guest?.agentId !== undefined && this.azure.find(guest.key, guest.agentId)?.enabled === true;
  }

  holdsJob(guest: Guest): boolean {
    if (!this.incus.isAlive(guest.name)) return false;
    if (guest.working) return true;
    const assigned = guest.agentId !== undefined && this.azure.find(guest.key, guest.agentId)?.assigned !== undefined;
    return assigned && guest.listens() && !guest.robbed;
  }

  #group(): ReadonlyMap<string, readonly PoolSpec[]> {
    const groups = new Map<string, PoolSpec[]>();
    for (const spec of this.#desired)
      groups.set(this.ownerOf(spec.name), [...(groups.get(this.ownerOf(spec.name)) ?? []), spec]);
    return groups;
  }
}
