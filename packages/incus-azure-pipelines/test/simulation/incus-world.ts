import type { InstanceRecord } from '../../src/model/agent.js';
import type { Timeline } from './timeline.js';

/** An instance as it truly is. */
export interface Instance {
  readonly name: string;
  readonly pool: string;
  readonly base: string;
  readonly createdAt: number;
  status: 'running' | 'ready' | 'stopped';
  activatedAt: number | undefined;
  doorbell: boolean;
  errorUntil: number;
  diedAt: number | undefined;
}

/** Incus as it truly is: instances, and how its lists show them. */
export class IncusWorld {
  readonly #timeline: Timeline;
  /** How far the clock of its host is off. */
  readonly clockOffMs: number;
  readonly instances = new Map<string, Instance>();
  readonly bases = new Map<string, { readonly pool: string; ready: boolean; readonly createdAt: number }>();
  /** Hears of every event, were it not lost. */
  onEvent: (action: 'ready' | 'shutdown' | 'deleted', name: string) => void = () => {};

  constructor(timeline: Timeline, clockOffMs: number) {
    this.#timeline = timeline;
    this.clockOffMs = clockOffMs;
  }

  /** The time as its host tells it. */
  get now(): number {
    return this.#timeline.now + this.clockOffMs;
  }

  create(name: string, pool: string, base: string): Instance {
    const instance: Instance = {
      name,
      pool,
      base,
      createdAt: this.now,
      status: 'stopped',
      activatedAt: undefined,
      doorbell: true,
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
    if (status === 'ready') this.onEvent('ready', name);
  }

  /** The instance ends by itself; `reaped` says whether Incus manages to delete it. */
  die(name: string, reaped: boolean): void {
    const instance = this.instances.get(name);
    if (instance === undefined || instance.diedAt !== undefined) return;
    instance.diedAt = this.#timeline.now;
    this.#timeline.in(400, () => {
      this.onEvent('shutdown', name);
      if (reaped) this.remove(name);
      else instance.status = 'stopped';
    });
  }

  remove(name: string): void {
    if (this.instances.delete(name)) this.onEvent('deleted', name);
  }

  /** What a list shows; `rings` adds what the events told. */
  list(rings: { lastAt(name: string): number | undefined; isNoisy(name: string): boolean }): InstanceRecord[] {
    return [...this.instances.values()].map(({ name, pool, base, createdAt, activatedAt, doorbell, ...instance }) => ({
      name,
      pool,
      base,
      createdAt,
      activatedAt,
      status: this.#shown(instance),
      rangAt: rings.lastAt(name),
      noisy: rings.isNoisy(name) && doorbell,
    }));
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
