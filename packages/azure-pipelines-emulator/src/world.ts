import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Bell } from './bell.js';
import type { Clock } from './clock.js';
import type { EmulatorEvent } from './events.js';
import type { Settings } from './options.js';
import type { Agent, JobRequest, Pool, State } from './state.js';

/** The emulated organisation with its clock, and those who listen to what happens in it. */
export class World {
  readonly state: State;
  readonly settings: Settings;
  readonly clock: Clock;
  /** Rung after each change. */
  readonly bell = new Bell();
  /** Aborted when the emulator closes. */
  readonly closing = new AbortController();
  /** How agents reach the emulator, collection included, without a slash at the end. */
  publicUrl = '';
  readonly #listeners = new Set<(event: EmulatorEvent) => void>();
  readonly #react: (world: World) => void;
  #reacting = false;

  /** `react` is called after each change, never within itself, to do what follows from it. */
  constructor(settings: Settings, clock: Clock, react: (world: World) => void) {
    this.settings = settings;
    this.clock = clock;
    this.#react = react;
    // Every job that somebody waits for listens to it.
    setMaxListeners(0, this.closing.signal);
    this.state = {
      instanceId: randomUUID(),
      projectId: randomUUID(),
      pools: settings.pools.map((name, index) => ({
        id: index + 1,
        name,
        createdAt: clock.now(),
        keptFor: settings.keptPools[name],
        autoUpdate: true,
        lastMessageId: 0,
      })),
      agents: new Map(),
      deletedAgents: [],
      sessions: new Map(),
      requests: new Map(),
      grants: new Map(),
      usedAssertions: new Map(),
      token: settings.token,
      lastAgentId: 0,
      lastRequestId: 0,
    };
  }

  /** To be called after each change of the state. */
  changed(): void {
    if (!this.#reacting) {
      this.#reacting = true;
      try {
        this.#react(this);
      } finally {
        this.#reacting = false;
      }
    }
    this.bell.ring();
  }

  /** Calls `listener` at each event until the returned function is called. */
  on(listener: (event: EmulatorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells all listeners; one that throws does so outside of the call that led here. */
  emit(event: EmulatorEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Returns the pool of an agent or a job request, whose `poolId` is known to exist. */
  poolOf(owner: Pick<Agent | JobRequest, 'poolId'>): Pool {
    const pool = this.state.pools.find(pool => pool.id === owner.poolId);
    if (pool === undefined) throw new Error(`agent pool ${owner.poolId} is not in the emulator's state`);
    return pool;
  }
}
