import { once } from 'node:events';
import type { LoadedConfig } from '../config/load.js';
import type { PoolParts } from '../execute/parts.js';
import { registrationTarget } from '../execute/registration/registration-target.js';
import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import { Identities } from '../lib/identity/identities.js';
import { Onlookers } from '../lib/onlookers.js';
import { required } from '../lib/required.js';
import type { WayOut } from '../lib/way-out.js';
import type { Emit } from '../model/event.js';
import { knownValue, type Observed } from '../model/observed.js';
import { mayBeEmpty } from '../model/placeholder.js';
import { azureKey, type DaemonSpec, isScaled, type PoolSpec } from '../model/pool.js';
import { AzureObserver } from '../observe/azure-observer.js';
import { type AzureClients, openAzureOfPools } from '../observe/clients.js';
import { pollingOf } from '../observe/poll-spacing.js';
import { reachAgentPool } from '../observe/reach-agent-pool.js';
import type { RegistrationModes } from './registration-modes.js';

export interface PoolsInForceOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: Emit;
  readonly wayOut: WayOut;
}

/** Pools that are connected, and whose agent pools were found, but that are not in force yet. */
export interface PreparedPools {
  readonly spec: DaemonSpec;
  readonly wayOut: WayOut;
  readonly clients: AzureClients;
  readonly parts: ReadonlyMap<string, PoolParts>;
  /** By `azureKey`. */
  readonly observers: ReadonlyMap<string, AzureObserver>;
}

/**
 * The pools of the configuration, each with what it needs of Azure. Others take their place whole, between two passes: whoever
 * was given these maps sees what is in force. What is under way goes on with the client that it began with, so that clients are
 * closed at the end only.
 */
export class PoolsInForce implements AsyncDisposable {
  /** Where no pool scales, the queue is read for them. */
  readonly onlookers: Onlookers;
  readonly #options: PoolsInForceOptions;
  readonly #parts = new Map<string, PoolParts>();
  readonly #observers = new Map<string, AzureObserver>();
  readonly #left = new Map<string, PoolParts>();
  readonly #clients: AzureClients[] = [];
  /** Those of before are gone by as long as their clients are; all sign in at the proxies as the last. */
  readonly #waysOut: WayOut[];
  /** The present turn of each work that follows the pools; it ends when it is disposed of. */
  readonly #turns = new Set<Disposable>();
  #spec: DaemonSpec | undefined;
  #modes: Pick<RegistrationModes, 'of'> | undefined;

  constructor(options: PoolsInForceOptions) {
    this.#options = options;
    this.#waysOut = [options.wayOut];
    this.onlookers = new Onlookers(options.clock, () => {
      for (const observer of this.#observers.values()) observer.lookedAt();
    });
  }

  /** The way to servers outside; another one takes a restart, and another password does not. */
  get wayOut(): WayOut {
    return this.#options.wayOut;
  }

  /** @throws Error before any are in force. */
  get spec(): DaemonSpec {
    if (this.#spec === undefined) throw new Error('no pools are in force yet');
    return this.#spec;
  }

  /** Who registers the agents of a pool is settled there. */
  registeredBy(modes: Pick<RegistrationModes, 'of'>): void {
    this.#modes = modes;
  }

  /** By name. */
  get parts(): ReadonlyMap<string, PoolParts> {
    return this.#parts;
  }

  /** By `azureKey`: those of agent pools in which agents are left, too. */
  get observers(): ReadonlyMap<string, AzureObserver> {
    return this.#observers;
  }

  /** What the agent pool of a pool was read as. */
  azureOf(pool: PoolSpec): AzureObserver['reading'] | undefined {
    return this.#observers.get(azureKey(pool.azure))?.reading;
  }

  /** By `azureKey`: agent pools that no pool is for any more, while agents are left in them. */
  get left(): ReadonlyMap<string, PoolParts> {
    return this.#left;
  }

  /**
   * Connects the pools of a configuration and looks whether their agent pools are there. What is in force is not touched.
   *
   * @throws as `reachAgentPool`.
   */
  async prepare(config: LoadedConfig, signal: AbortSignal): Promise<PreparedPools> {
    const { credentials, spec, wayOut } = config;
    const { clock, emit, random } = this.#options;
    const identities = new Identities(credentials, clock);
    const clients = openAzureOfPools(spec.pools, identities, emit, { clock, wayOut });
    try {
      const observers = new Map<string, AzureObserver>();
      const parts = new Map<string, PoolParts>();
      for (const pool of spec.pools) {
        const azure = required(clients.get(pool.name), pool.name);
        const { agentPool } = pool.azure;
        const { jobRequests, parallelJobs } = azure;
        const onlookers = isScaled(pool.azure, spec.pools) ? undefined : this.onlookers;
        const queue = { jobRequests, parallelJobs, onlookers };
        const observer =
          observers.get(azureKey(pool.azure)) ??
          new AzureObserver({ clock, random, ...pollingOf(pool.azure, spec), client: azure, ...queue });
        observers.set(azureKey(pool.azure), observer);
        await reachAgentPool(observer, pool.azure, spec.stateDirectory, signal);
        const agentPoolId = (s: AbortSignal) => observer.poolId(s);
        parts.set(pool.name, {
          spec: pool,
          azure,
          agentPoolId,
          registrationTarget: registrationTarget(azure, agentPool, agentPoolId),
          registration: () => required(this.#modes, pool.name).of(pool.name),
          token: () => identities.of(pool.name).token(),
        });
      }
      return { spec, wayOut, clients, parts, observers };
    } catch (error) {
      await clients[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Puts these pools in force. What was read of their agent pools still holds; those that no pool is for any more are read on. */
  take({ spec, wayOut, clients, parts, observers }: PreparedPools): void {
    // One of those that may have a placeholder is to stand for all of its agent pool: the last does.
    const before = [...this.#parts.values()].sort((a, b) => Number(mayBeEmpty(a.spec)) - Number(mayBeEmpty(b.spec)));
    this.#spec = spec;
    this.#clients.push(clients);
    for (const way of this.#waysOut) way.signInAs(wayOut);
    this.#waysOut.push(wayOut);
    for (const { spec: old, ...rest } of before) this.#left.set(azureKey(old.azure), { spec: old, ...rest });
    this.#parts.clear();
    for (const [name, part] of parts) this.#parts.set(name, part);
    for (const [key, observer] of observers) {
      const old = this.#observers.get(key);
      if (old !== undefined) observer.continueFrom(old);
      this.#observers.set(key, observer);
      this.#left.delete(key);
    }
    this.#turn();
  }

  /** Reads agent pools no longer that no pool is for, once it is known that no agent of ours is in them, nor a placeholder. */
  keepOnly(observed: Pick<Observed, 'agents' | 'placeholders'> | undefined): void {
    if (observed?.agents.known !== true) return;
    const needed = new Set(observed.agents.value.map(({ agentPool }) => agentPool));
    for (const [key, { spec }] of this.#left) {
      const placeholders = knownValue(observed.placeholders.get(key));
      if (placeholders === undefined ? mayBeEmpty(spec) : placeholders.length > 0) needed.add(key);
    }
    const over = [...this.#left.keys()].filter(key => !needed.has(key));
    for (const key of over) {
      this.#left.delete(key);
      this.#observers.delete(key);
    }
    if (over.length > 0) this.#turn();
  }

  /** Reads the agent pools until the signal aborts, and rings after every reading. */
  read(ring: () => void, signal: AbortSignal): Promise<void> {
    return this.follow(turn => Promise.all([...this.#observers.values()].map(one => one.follow(ring, turn))), signal);
  }

  /** Does something with the pools until the signal aborts: anew whenever they have changed, with a signal for each turn. */
  async follow(work: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const turn = childSignal(signal);
      this.#turns.add(turn);
      try {
        await work(turn.signal);
        if (!turn.signal.aborted) await once(turn.signal, 'abort');
      } finally {
        this.#turns.delete(turn);
        turn[Symbol.dispose]();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const clients of this.#clients) await clients[Symbol.asyncDispose]();
  }

  #turn(): void {
    for (const turn of this.#turns) turn[Symbol.dispose]();
  }
}
