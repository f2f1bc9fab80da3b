/**
 * What the loop decides, apart from its waiting: it owns the picture of the world and the ledger. Readings go in, and what
 * to start comes out; it waits for nobody, so that the simulation drives the very same one.
 */
import { isDeepStrictEqual } from 'node:util';
import { UsedUpError } from '../execute/used-up-error.js';
import { type Action, isForIncus, type Plan, TRIAL } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Emit } from '../model/event.js';
import type { LookedUp } from '../model/looked-up.js';
import { type Failure, NOT_READ_YET, type Observed, type ReadableSince, type Reading } from '../model/observed.js';
import { azureKey } from '../model/pool.js';
import { join, type Sightings, withoutDeniedProofs } from '../observe/join.js';
import { type QueueSight, shareQueue } from '../observe/queue.js';
import { plan } from '../plan/plan.js';
import { agentPoolsToRead, changesOf, tell } from './changes.js';
import { Ledger } from './ledger.js';
import { QueueWatch, type Readers } from './queue-watch.js';
import { ReadingWatch } from './reading-watch.js';
import { Setbacks } from './setbacks.js';
import type { Settings } from './settings.js';
import { urgencyMs } from './urgency.js';
import { vainEnds } from './vain-ends.js';

/** All that is read and wished at one moment: what both systems show, and what else a plan depends on. */
export interface Sight
  extends Pick<Sightings, 'instances' | 'registrations' | 'agentPoolIds'>,
    Pick<QueueSight, 'parallelJobs' | 'requests'>,
    LookedUp {
  /** By `azureKey`: who shares an agent pool. */
  readonly readers?: ReadonlyMap<string, Readers>;
}

/** One pass: what was seen, what was decided on it, and when the next one is due at the latest (epoch ms). */
export interface Pass {
  readonly at: number;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly nextAt: number;
  readonly readableSince: ReadableSince;
  /** Agent pools to be read soon, by `azureKey`: something is to be known that no reading shows. */
  readonly reread: readonly string[];
}

export interface ControllerParts extends Settings {
  readonly owner: string;
  readonly random: () => number;
  readonly emit: Emit;
  /** How it joins, plans, sees what ends in vain, and shares the queue out; its own way where that is not given. */
  readonly join?: typeof join;
  readonly plan?: typeof plan;
  readonly vainEnds?: typeof vainEnds;
  readonly shareQueue?: typeof shareQueue;
}

export class Controller {
  #parts: Required<ControllerParts>;
  readonly #ledger = new Ledger();
  readonly #watch: ReadingWatch;
  readonly #setbacks: Setbacks;
  readonly #queue: QueueWatch;
  #agents: Reading<readonly Agent[]>;
  #last: Pass | undefined;
  /** The latest plan that was made with a known picture. */
  #decided: Plan | undefined;

  /** `now`: since when nothing is known (epoch ms). */
  constructor(parts: ControllerParts, now: number) {
    this.#parts = { join, plan, vainEnds, shareQueue, hostReserve: undefined, ...parts };
    this.#setbacks = new Setbacks(this.#ledger, this.#parts.random, this.#parts.vainEnds);
    this.#watch = new ReadingWatch(parts.emit);
    this.#queue = new QueueWatch(parts.desired, parts.owner, this.#parts.shareQueue);
    this.#agents = { known: false, error: NOT_READ_YET, since: now };
  }

  /** The latest pass; undefined before the first one. */
  get last(): Pass | undefined {
    return this.#last;
  }

  /**
   * Goes by other settings from the next pass on. What is known and remembered stays, but for failures of pools that have changed:
   * what mends them shall not wait for a try that would have failed.
   */
  take({ desired, hostReserve, reconcileIntervalMs, maxConcurrentCreates }: Settings): void {
    const before = new Map(this.#parts.desired.map(spec => [spec.name, spec]));
    for (const spec of desired) if (!isDeepStrictEqual(spec, before.get(spec.name))) this.#forgive(spec.name);
    this.#parts = { ...this.#parts, desired, hostReserve, reconcileIntervalMs, maxConcurrentCreates };
    this.#queue.takePools(desired);
  }

  /** Takes in what is seen, and decides. Nothing is started by it: see {@link started}. */
  observe(sight: Sight, now: number): Pass {
    const { desired, emit, owner, reconcileIntervalMs } = this.#parts;
    this.#watch.note('Incus', sight.instances);
    for (const [key, reading] of sight.registrations) this.#watch.note(ofAzure(key), reading);
    this.#watch.noteRoom(sight.hostRoom);
    this.#setbacks.settle(sight.registrations, now);
    const before = this.#agents.known ? this.#agents.value : [];
    const { activating, deregistered, disabling, registrationIds } = this.#ledger;
    const sightings = { ...sight, activating, deregistered, disabling, registrationIds };
    const agents = this.#parts.join(before, sightings, desired, owner, now);
    if (agents.known) {
      this.#remember(agents, before, now);
      this.#ledger.keepOnly(new Set(agents.value.map(agent => agent.name)), this.#basesIn(sight));
    }
    this.#ledger.settle(action => this.#shownAt(action, sight));
    const observed = this.#observed(sight, agents, now);
    const decided = this.#parts.plan(desired, observed, now, this.#parts);
    const nextAt = Math.min(decided.wakeAt ?? Number.POSITIVE_INFINITY, now + reconcileIntervalMs);
    const unseen = agents.known ? agentPoolsToRead(before, agents.value) : [];
    const reread = [...new Set([...unseen, ...this.#setbacks.takeAsked()])];
    this.#last = { at: now, observed, plan: decided, nextAt, readableSince: this.#readableSince(sight), reread };
    if (agents.known) this.#decided = decided;
    this.#queue.noteHeldUp(decided.pools, now);
    emit('pass-ended', { at: now });
    return this.#last;
  }

  /**
   * Takes in a reading of Azure as soon as it is there. No pass may ever see it, since Incus is slow or unread; but what it
   * denies is proven anew.
   */
  azureRead(registrations: Sight['registrations']): void {
    if (!this.#agents.known) return;
    const value = withoutDeniedProofs(this.#agents.value, registrations, this.#parts.owner);
    this.#agents = { ...this.#agents, value };
  }

  /** Notes that an action has begun. */
  started(action: Action, at: number): void {
    this.#ledger.started(action);
    this.#parts.emit('action-started', { action, at });
  }

  /** Notes that an action has ended well; gives back within how many ms that asks for a pass. */
  ended(action: Action, startedAt: number, at: number): number {
    this.#ledger.ended(action, at);
    this.#parts.emit('action-ended', { action, at, ms: at - startedAt });
    return urgencyMs(action.kind);
  }

  /** Notes that an action has failed, be it that its answer alone was lost, which asks for a pass at once: what it did is seen by a reading. */
  failed(action: Action, at: number, error: unknown): Failure {
    const message = error instanceof Error ? error.message : String(error);
    return this.#ledger.failed(action, at, message, this.#parts.random(), error instanceof UsedUpError);
  }

  /** Forgets that these bases could not be built: a person wants them tried now. */
  retryBuilds(bases: readonly string[]): void {
    for (const base of bases) this.#ledger.forgive(`build-base/${base}`);
  }

  /** Notes the id under which the host has registered an agent: a short life may be over before a reading shows it. */
  noteRegistered(name: string, agentId: number): void {
    this.#ledger.registeredAs(name, agentId);
  }

  /**
   * Takes to heart how a guest says that its registration went. Its complaint counts when a reading that begins now or later
   * shows neither its agent online nor a job, and what it can do is make the pool's next activation wait, or the next trial of
   * its base.
   */
  noteRegistration(pool: string, name: string, error: string | undefined, at: number): void {
    const agent = this.#agents.known ? this.#agents.value.find(known => known.name === name) : undefined;
    const tries = this.#last?.plan.pools.get(pool)?.tries;
    const tried = tries !== undefined && agent?.instance?.base === tries ? tries : undefined;
    // That no guest complains tells nothing: one may end, or be given up, before it comes to that.
    if (agent?.life.seenOnline) this.#setbacks.registered(pool);
    else if (error !== undefined) {
      const agentPool = agent ? agent.agentPool : this.#keyOf(pool);
      this.#setbacks.doubt({ name, pool, tried, agentPool, since: at, error, isTold: true });
    }
  }

  #forgive(pool: string): void {
    this.#ledger.forgivePool(pool);
    const wanted = this.#last?.observed.wantedBases.get(pool);
    if (wanted?.known) for (const kind of ['build-base', TRIAL]) this.#ledger.forgive(`${kind}/${wanted.value}`);
  }

  #remember(agents: Reading<readonly Agent[]> & { known: true }, before: readonly Agent[], now: number): void {
    for (const change of changesOf(before, agents.value)) tell(change, this.#parts.emit, now);
    this.#setbacks.see({ before, after: agents.value }, this.#decided, now);
    this.#agents = agents;
  }

  /** Names of the bases that are wanted or there; undefined while one of the two is unknown. */
  #basesIn({ bases, wantedBases }: Sight): ReadonlySet<string> | undefined {
    const named = [...wantedBases.values()].flatMap(reading => (reading.known ? [reading.value] : []));
    if (!bases.known || named.length < this.#parts.desired.length) return undefined;
    return new Set([...named, ...bases.value.map(base => base.name)]);
  }

  #observed(sight: Sight, agents: Reading<readonly Agent[]>, now: number): Observed {
    const { bases, wantedBases, drained, drainedAgents, withoutPlaceholder, registration, creationBlocked, hostRoom } =
      sight;
    const { asked, disabled, inFlight, failures, collected, warned } = this.#ledger;
    return {
      owner: this.#parts.owner,
      agents,
      bases,
      wantedBases,
      ...this.#queue.share(sight, agents, now),
      withoutPlaceholder,
      drained,
      drainedAgents,
      inFlight,
      failures,
      collected,
      disabled,
      asked,
      warned,
      registration,
      creationBlocked,
      hostRoom,
    };
  }

  #readableSince({ registrations }: Sight): ReadableSince {
    const azure = [...registrations.keys()].flatMap(key => {
      const since = this.#watch.readableSince(ofAzure(key));
      return since === undefined ? [] : [[key, since] as const];
    });
    return { incus: this.#watch.readableSince('Incus'), azure: new Map(azure) };
  }

  /** When the readings began that show what this action does, the earlier of two; undefined while one is unknown. */
  #shownAt(action: Action, { instances, registrations }: Sight): number | undefined {
    const shown = [
      ...this.#azureOf(action).map(key => registrations.get(key)),
      ...(isForIncus(action) ? [instances] : []),
    ];
    const times = shown.flatMap(reading => (reading?.known ? [reading.at] : []));
    return times.length === shown.length ? Math.min(...times) : undefined;
  }

  /** The agent pool that an action changes something in, if any. */
  #azureOf(action: Action): readonly string[] {
    if ('agentPool' in action) return [action.agentPool];
    const key = action.kind === 'enable-agent' ? this.#keyOf(action.pool) : undefined;
    return key === undefined ? [] : [key];
  }

  /** The agent pool of a pool that is configured. */
  #keyOf(pool: string): string | undefined {
    const spec = this.#parts.desired.find(({ name }) => name === pool);
    return spec && azureKey(spec.azure);
  }
}

function ofAzure(key: string): string {
  return `Azure, ${key}`;
}
