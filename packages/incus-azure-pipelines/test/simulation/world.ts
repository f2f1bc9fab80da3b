import type { PoolSpec } from '../../src/model/pool.js';
import { azureKey } from '../../src/observe/join.js';
import { AzureWorld } from './azure-world.js';
import { aPool } from './examples.js';
import { Guest } from './guest.js';
import { IncusWorld } from './incus-world.js';
import { promised } from './promises.js';
import { Random } from './random.js';
import type { Faults, Scenario } from './scenario.js';
import { Timeline } from './timeline.js';

const START_AT = Date.UTC(2030, 0, 1);

/** How far the clock of an Incus host may be off. */
const CLOCKS_OFF_MS = [0, -3_600_000, 3_600_000];

/** Both systems, all guests, and what people wish: the truth that the daemon sees through its readings alone. */
export class World {
  readonly scenario: Scenario;
  readonly timeline = new Timeline(START_AT);
  readonly random: Random;
  readonly incus: IncusWorld;
  readonly azure: AzureWorld;
  readonly guests = new Map<string, Guest>();
  readonly drained = new Set<string>();
  readonly wantedBase = new Map<string, string>();
  desired: readonly PoolSpec[];
  /** Largest agentCount that each pool has had. */
  readonly most = new Map<string, number>();
  #storm = true;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.random = new Random(scenario.seed);
    this.incus = new IncusWorld(this.timeline, CLOCKS_OFF_MS[scenario.seed % CLOCKS_OFF_MS.length] ?? 0);
    this.azure = new AzureWorld(this.timeline, this.random);
    this.desired = scenario.pools.map((pool, index) =>
      aPool({
        ...pool,
        name: `pool-${index}`,
        azure: { url: 'https://azure.test/org', agentPool: scenario.shared ? 'agents' : `agents-${index}` },
      }),
    );
    for (const spec of this.desired) {
      this.wantedBase.set(spec.name, 'base-1');
      this.most.set(spec.name, spec.agentCount);
    }
  }

  /** The fault's rate while the storm lasts, else 0. */
  fault(name: keyof Faults): number {
    return this.#storm ? this.scenario.faults[name] : 0;
  }

  happens(name: keyof Faults): boolean {
    return this.random.chance(this.fault(name));
  }

  calm(): void {
    this.#storm = false;
    this.drained.clear();
  }

  get keys(): readonly string[] {
    return [...new Set(this.desired.map(spec => azureKey(spec.azure)))];
  }

  keyOf(pool: string): string {
    const spec = this.desired.find(one => one.name === pool);
    return spec ? azureKey(spec.azure) : '';
  }

  spec(pool: string): PoolSpec | undefined {
    return this.desired.find(spec => spec.name === pool);
  }

  addInstance(name: string, pool: string, base: string): Guest {
    promised(!this.guests.has(name), 'a name is used once', () => name);
    this.incus.create(name, pool, base);
    const { timeline, random, incus, azure } = this;
    const world = { timeline, random, incus, azure, stuck: () => this.fault('guestStuck') };
    const guest = new Guest(world, name, this.keyOf(pool));
    this.guests.set(name, guest);
    return guest;
  }

  /** Somebody makes an end of the instance: no job may be in it, nor on its way to it. */
  removeInstance(name: string, reason: string): void {
    const guest = this.guests.get(name);
    promised(!(guest && this.holdsJob(guest)), 'no job is killed', () => `instance ${name} deleted: ${reason}`);
    this.incus.remove(name);
    guest?.dead();
  }

  removeRegistration(key: string, agentId: number, reason: string): boolean {
    const guest = [...this.guests.values()].find(one => one.agentId === agentId && one.key === key);
    promised(
      !(guest && this.holdsJob(guest)),
      'no job is killed',
      () => `registration of ${guest?.name} deleted: ${reason}`,
    );
    const gone = this.azure.remove(key, agentId);
    if (gone) guest?.deregistered();
    return gone;
  }

  holdsJob(guest: Guest): boolean {
    if (!this.incus.isAlive(guest.name)) return false;
    if (guest.working) return true;
    const assigned = guest.agentId !== undefined && this.azure.find(guest.key, guest.agentId)?.assigned !== undefined;
    return assigned && guest.listens();
  }

  /** What has to hold at every moment, whatever the readings show. */
  check(): void {
    for (const [pool, most] of this.most) {
      const live = [...this.incus.instances.values()].filter(({ name, pool: its, activatedAt }) => {
        const guest = this.guests.get(name);
        return its === pool && activatedAt !== undefined && guest && !guest.over && !guest.excused;
      });
      promised(
        live.length <= most && live.every(({ name }) => (this.guests.get(name)?.jobs ?? 0) <= 1),
        'in truth no more agents than agentCount live, and each has one job',
        () => live.map(({ name }) => name).join(', '),
      );
    }
  }
}
