import type { BaseRecord, IdsFrom, InstanceRecord } from '../../src/model/agent.js';
import { CONTRACT } from '../../src/model/marks.js';
import type { IncusPicture } from '../../src/observe/incus-picture.js';
import type { HostClock } from './host-clock.js';
import type { Timeline } from './timeline.js';

/** Incus writes down the user ids of an instance before that starts, and after it is there. */
const IDS_SHOWN_MS = 100;

/** An instance as it truly is. */
export interface Instance {
  readonly name: string;
  readonly pool: string;
  readonly agentPool: string;
  base: string;
  readonly shape: string;
  contract: string;
  readonly createdAt: number;
  readonly idsFrom: `${string}/${number}`;
  /** From when on lists show them, in true time. */
  readonly idsShownAt: number;
  status: 'running' | 'ready' | 'stopped';
  activatedAt: number | undefined;
  listeningAt: number | undefined;
  agentPoolId: number | undefined;
  doorbell: boolean;
  isWeighed: boolean;
  errorUntil: number;
  diedAt: number | undefined;
}

export type IncusEvent = 'instance-ready' | 'instance-updated' | 'instance-shutdown' | 'instance-deleted';

/** Incus as it truly is: instances, and how its lists show them. */
export class IncusWorld {
  readonly #timeline: Timeline;
  /** That of its host. */
  readonly clock: HostClock;
  readonly instances = new Map<string, Instance>();
  readonly bases = new Map<string, Omit<BaseRecord, 'name'>>();
  /** Hear of every event, were it not lost. */
  readonly listeners = new Set<(event: IncusEvent, name: string, pool: string) => void>();
  /** Until then it does not answer. */
  downUntil = 0;
  #lastIds = 1_000_000;

  constructor(timeline: Timeline, clock: HostClock) {
    this.#timeline = timeline;
    this.clock = clock;
  }

  get isDown(): boolean {
    return this.downUntil > this.#timeline.now;
  }

  /** The Incus daemon goes and comes: what runs goes on, and what guests had said is forgotten. */
  restart(ms: number): void {
    this.downUntil = this.#timeline.now + ms;
    for (const instance of this.instances.values()) if (instance.status === 'ready') instance.status = 'running';
  }

  /** The first of a range of user ids that nobody has. */
  freshIds(): Instance['idsFrom'] {
    this.#lastIds += 65_536;
    return `none/${this.#lastIds}`;
  }

  create(
    name: string,
    { pool, base, agentPool, shape, idsFrom }: Pick<Instance, 'pool' | 'base' | 'agentPool' | 'shape' | 'idsFrom'>,
  ): Instance {
    const instance: Instance = {
      name,
      pool,
      agentPool,
      base,
      shape,
      contract: CONTRACT,
      createdAt: this.clock.now,
      idsFrom,
      idsShownAt: this.#timeline.now + IDS_SHOWN_MS,
      status: 'stopped',
      activatedAt: undefined,
      listeningAt: undefined,
      agentPoolId: undefined,
      doorbell: true,
      isWeighed: false,
      errorUntil: 0,
      diedAt: undefined,
    };
    this.instances.set(name, instance);
    return instance;
  }

  isAlive(name: string): boolean {
    const instance = this.instances.get(name);
    return instance !== undefined && instance.status !== 'stopped' && instance.diedAt === undefined;
  }

  /** The guest sets its state, and with Ready rings. */
  setState(name: string, status: 'running' | 'ready'): void {
    const instance = this.instances.get(name);
    if (instance === undefined || !this.isAlive(name) || !instance.doorbell) return;
    instance.status = status;
    if (status === 'ready') this.#tell('instance-ready', instance);
  }

  /** Somebody changes keys of the instance. */
  change(
    name: string,
    keys: Partial<Pick<Instance, 'activatedAt' | 'agentPoolId' | 'doorbell' | 'isWeighed' | 'listeningAt'>>,
  ): undefined {
    const instance = this.instances.get(name);
    if (instance === undefined) return;
    Object.assign(instance, keys);
    this.#tell('instance-updated', instance);
  }

  /** The instance ends by itself; `isReaped` says whether Incus manages to delete it. */
  die(name: string, isReaped: () => boolean): void {
    const instance = this.instances.get(name);
    if (instance === undefined || instance.diedAt !== undefined) return;
    instance.diedAt = this.#timeline.now;
    this.#timeline.in(400, () => {
      this.#tell('instance-shutdown', instance);
      if (!this.instances.has(name)) return;
      if (isReaped()) this.remove(name);
      else instance.status = 'stopped';
    });
  }

  remove(name: string): void {
    const instance = this.instances.get(name);
    if (instance && this.instances.delete(name)) this.#tell('instance-deleted', instance);
  }

  #tell(event: IncusEvent, { name, pool }: Instance): void {
    if (!this.isDown) for (const hear of this.listeners) hear(event, name, pool);
  }

  /** What a list of the owner of these pools shows; `rings` adds what the events told. */
  list(pools: ReadonlySet<string>, rings: IncusPicture['rings']): InstanceRecord[] {
    const records: InstanceRecord[] = [];
    for (const instance of this.instances.values()) {
      const {
        name,
        pool,
        agentPool,
        base,
        shape,
        contract,
        createdAt,
        activatedAt,
        listeningAt,
        agentPoolId,
        doorbell,
        isWeighed,
      } = instance;
      if (!pools.has(pool)) continue;
      records.push({
        name,
        pool,
        agentPool,
        agentPoolId,
        base,
        shape,
        contract,
        createdAt,
        idsFrom: this.#idsShown(instance),
        activatedAt,
        listeningAt,
        status: this.#shown(instance),
        rangSinceChange: rings.rangSinceChange(name),
        noisy: rings.isNoisy(name) && doorbell,
        isWeighed,
      });
    }
    return records;
  }

  #idsShown({ idsFrom, idsShownAt }: Instance): IdsFrom {
    return this.#timeline.now < idsShownAt ? 'not yet' : idsFrom;
  }

  /** A dying instance flaps: stopped, running again for an instant, then stopped or gone. */
  #shown({ status, errorUntil, diedAt }: Pick<Instance, 'status' | 'errorUntil' | 'diedAt'>): InstanceRecord['status'] {
    const { now } = this.#timeline;
    if (errorUntil > now) return 'error';
    if (diedAt === undefined) return status;
    const sinceMs = now - diedAt;
    return sinceMs >= 80 && sinceMs < 160 ? status : 'stopped';
  }
}
