/**
 * The loop: wake, observe, plan, start actions. It owns the picture of the world and the ledger; deciding never awaits,
 * doing never decides, and no other timer moves anything.
 */
import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import { Doorbell } from '../lib/doorbell.js';
import type { Action, Executors, Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Emit } from '../model/event.js';
import { NOT_READ_YET, type Observed, type Reading, type RegistrationMode } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { AzureObserver } from '../observe/azure-observer.js';
import type { IncusObserver, IncusReadings } from '../observe/incus-observer.js';
import { join } from '../observe/join.js';
import { plan } from '../plan/plan.js';
import { type Change, changesOf } from './changes.js';
import type { DrainWishes } from './drain-wishes.js';
import { Ledger } from './ledger.js';
import { noteLostTrials } from './lost-trials.js';
import { perform } from './perform.js';
import { ReadingWatch } from './reading-watch.js';
import { urgencyMs } from './urgency.js';

export interface ReconcilerParts {
  readonly desired: readonly PoolSpec[];
  readonly owner: string;
  readonly incus: Pick<IncusObserver, 'read'>;
  /** By `azureKey`. */
  readonly azure: ReadonlyMap<string, Pick<AzureObserver, 'reading' | 'refresh'>>;
  /** By pool: the base that its configuration asks for. */
  readonly wantedBases: () => ReadonlyMap<string, Reading<string>>;
  /** Pools and agents that a person drains. */
  readonly wishes: Pick<DrainWishes, 'agents' | 'pools'>;
  /** By pool. */
  readonly registration: () => ReadonlyMap<string, RegistrationMode>;
  readonly creationBlocked: () => string | undefined;
  readonly executors: Executors;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: Emit;
  readonly reconcileIntervalMs: number;
  readonly maxConcurrentCreates: number;
}

/** One pass: what was seen, and what was decided on it. */
export interface Pass {
  readonly at: number;
  readonly observed: Observed;
  readonly plan: Plan;
}

export class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #ledger = new Ledger();
  readonly #watch: ReadingWatch;
  readonly #doorbell: Doorbell;
  #agents: Reading<readonly Agent[]>;
  #last: Pass | undefined;
  /** The latest plan that was made with a known picture. */
  #decided: Plan | undefined;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#watch = new ReadingWatch(parts.emit);
    this.#doorbell = new Doorbell(parts.clock);
    this.#agents = { known: false, error: NOT_READ_YET, since: parts.clock.now() };
  }

  /** The latest pass; undefined before the first one. */
  get last(): Pass | undefined {
    return this.#last;
  }

  /** Asks for a pass: at once, or within so many ms. */
  ring(withinMs = 0): void {
    this.#doorbell.ring(withinMs);
  }

  /** Has bases built at once, however lately that failed. */
  retryBuilds(bases: readonly string[]): void {
    for (const base of bases) this.#ledger.forgive(`build-base/${base}`);
    this.ring();
  }

  /**
   * Takes to heart how a guest says that its registration went. Its word counts as long as Azure has not shown its
   * agent online, and what it can do is make the pool's next activation wait, or the next trial of its base.
   */
  noteRegistration(pool: string, name: string, error: string | undefined): void {
    const { clock, random } = this.#parts;
    const agent = this.#agents.known ? this.#agents.value.find(known => known.name === name) : undefined;
    const tried = this.#last?.plan.pools.get(pool)?.tries;
    if (error === undefined || agent?.life.seenOnline === true) this.#ledger.registered(pool);
    else if (tried !== undefined && agent?.instance?.base === tried)
      this.#ledger.trialFailed(tried, clock.now(), error, random());
    else this.#ledger.gaveUp(pool, clock.now(), error, random());
  }

  /** Passes until the signal aborts. Actions get a signal of their own: they may end after planning has stopped. */
  async run(signal: AbortSignal, actionSignal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    while (!signal.aborted) {
      const pass = await this.pass(signal).catch(error => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (pass === undefined || signal.aborted) break;
      for (const action of pass.plan.actions) {
        const done = this.#start(action, actionSignal).finally(() => running.delete(done));
        running.add(done);
      }
      await this.#rest(pass, signal);
    }
    await Promise.all(running);
    this.#doorbell[Symbol.dispose]();
  }

  /** Looks at everything and decides, without doing anything. */
  async pass(signal: AbortSignal): Promise<Pass> {
    const { clock, desired, owner } = this.#parts;
    const readings = await this.#parts.incus.read(signal);
    const now = clock.now();
    const registrations = new Map([...this.#parts.azure].map(([key, observer]) => [key, observer.reading]));
    this.#watch.note('Incus', readings.instances);
    for (const [key, reading] of registrations) this.#watch.note(`Azure, ${key}`, reading);
    const before = this.#agents.known ? this.#agents.value : [];
    const sightings = { instances: readings.instances, registrations, activating: this.#ledger.activating };
    const agents = join(before, sightings, desired, owner, now);
    if (agents.known) this.#remember(agents, before, now);
    if (agents.known) this.#ledger.keepOnly(new Set(agents.value.map(agent => agent.name)), this.#bases(readings));
    this.#ledger.settle(action => readAt(action, readings, this.#parts));
    const observed = this.#observe(readings, agents);
    this.#last = { at: now, observed, plan: plan(desired, observed, now, this.#parts) };
    if (agents.known) this.#decided = this.#last.plan;
    this.#parts.emit('pass-ended', { at: now });
    return this.#last;
  }

  #remember(agents: Reading<readonly Agent[]> & { known: true }, before: readonly Agent[], now: number): void {
    for (const change of changesOf(before, agents.value)) this.#tell(change, now);
    noteLostTrials(this.#ledger, { before, after: agents.value, at: now }, this.#decided, this.#parts.random);
    this.#agents = agents;
  }

  /** Names of the bases that are wanted or there; undefined while one of the two is unknown. */
  #bases(readings: IncusReadings): ReadonlySet<string> | undefined {
    const wanted = [...this.#parts.wantedBases().values()];
    const named = wanted.flatMap(reading => (reading.known ? [reading.value] : []));
    if (!readings.bases.known || named.length < this.#parts.desired.length) return undefined;
    return new Set([...named, ...readings.bases.value.map(base => base.name)]);
  }

  #tell(change: Change, at: number): void {
    const { emit } = this.#parts;
    const { agent } = change;
    switch (change.kind) {
      case 'gone':
        emit('agent-gone', { agent, at });
        return;
      case 'phase':
        if (change.from === 'starting' && agent.life.seenOnline) this.#ledger.registered(agent.pool);
        emit('phase-changed', { agent, from: change.from, at });
        return;
      case 'job-taken':
      case 'job-ended':
        emit(change.kind, { agent, job: change.job });
    }
  }

  #observe(readings: IncusReadings, agents: Reading<readonly Agent[]>): Observed {
    return {
      owner: this.#parts.owner,
      agents,
      bases: readings.bases,
      wantedBases: this.#parts.wantedBases(),
      queued: new Map(),
      drained: this.#parts.wishes.pools,
      drainedAgents: this.#parts.wishes.agents,
      inFlight: this.#ledger.inFlight,
      failures: this.#ledger.failures,
      collected: this.#ledger.collected,
      warned: this.#ledger.warned,
      registration: this.#parts.registration(),
      creationBlocked: this.#parts.creationBlocked(),
    };
  }

  async #start(action: Action, signal: AbortSignal): Promise<void> {
    const { clock, emit, executors, random } = this.#parts;
    const startedAt = clock.now();
    this.#ledger.started(action);
    emit('action-started', { action, at: startedAt });
    let withinMs = 0;
    try {
      await perform(executors, action, signal);
      const at = clock.now();
      this.#ledger.ended(action, at);
      emit('action-ended', { action, at, ms: at - startedAt });
      withinMs = urgencyMs(action.kind);
    } catch (error) {
      const at = clock.now();
      const message = error instanceof Error ? error.message : String(error);
      const { retryAt, count } = this.#ledger.failed(action, at, message, random());
      if (!signal.aborted) emit('action-failed', { action, at, error, retryAt, count });
    }
    if (isAzureAction(action)) azureOf(action, this.#parts)?.refresh();
    this.#doorbell.ring(withinMs);
  }

  /** Waits for a ring, the plan's own deadline, or the interval. */
  async #rest(pass: Pass, signal: AbortSignal): Promise<void> {
    const { clock, reconcileIntervalMs } = this.#parts;
    const until = Math.min(pass.plan.wakeAt ?? Number.POSITIVE_INFINITY, pass.at + reconcileIntervalMs);
    using rest = childSignal(signal);
    const due = clock.sleep(until - clock.now(), rest.signal).catch(() => {});
    await Promise.race([due, this.#doorbell.wait(rest.signal)]);
  }
}

/** When the readings began that show what this action does, the earlier of two; undefined while one is unknown. */
function readAt(action: Action, readings: IncusReadings, parts: ReconcilerParts): number | undefined {
  const shown = [
    ...(isAzureAction(action) ? [azureOf(action, parts)?.reading] : []),
    ...(isIncusAction(action) ? [readings.instances] : []),
  ];
  const times = shown.flatMap(reading => (reading?.known ? [reading.at] : []));
  return times.length === shown.length ? Math.min(...times) : undefined;
}

function azureOf(action: Action, parts: ReconcilerParts): Pick<AzureObserver, 'reading' | 'refresh'> | undefined {
  if ('agentPool' in action) return parts.azure.get(action.agentPool);
  const spec = parts.desired.find(pool => pool.name === action.pool);
  return spec && parts.azure.get(azureKey(spec.azure));
}

function isAzureAction(action: Action): boolean {
  return action.kind === 'disable-agent' || action.kind === 'delete-registration' || action.kind === 'enable-agent';
}

function isIncusAction(action: Action): boolean {
  return action.kind === 'enable-agent' || !isAzureAction(action);
}
