import type { Action } from '../model/action.js';
import type { BaseRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import type { Reading } from '../model/observed.js';
import { azureKey, type PoolSpec, scales } from '../model/pool.js';
import type { TracedJob } from '../model/trace.js';
import { Controller, type Sight } from '../reconcile/controller.js';
import { Agenda } from './agenda.js';
import { beginDeed } from './deeds.js';
import type { Durations } from './durations.js';
import { Polls } from './polls.js';
import { type Outcome, Tally } from './tally.js';
import { AGENT_POOL_ID, BASE, World } from './world.js';

export interface ReplayOptions {
  readonly durations: Durations;
  readonly azurePollIntervalMs: number;
  readonly maxConcurrentCreates: number;
  /** Hears now and then which part of the jobs has ended, from 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

const OWNER = 'a00000';
/** The pool fills before the first job comes; where it does not in this time, the jobs find it so. */
const FILLING_MS = 3_600_000;
/** Nothing changes before a plan's own time, so that there is nothing to look at in between. */
const INTERVAL_MS = 86_400_000;
/** Events of Incus that come close together make one pass. */
const SPACING_MS = 100;
/** No job takes so many events, nor does the pool for itself, but where nobody can take it. */
const MOST_EVENTS = { perJob: 500, perAgent: 100, beside: 10_000 };
const PROGRESS_EVERY = 500;

/**
 * Lets the jobs come as they came, in a world in which nothing goes wrong, to the daemon's own controller with its planner, and
 * tells what became of them. Jobs in the order in which they were queued. Pure: time is that of the trace.
 *
 * @throws Error where the pool gets nowhere, as one does whose agents take longer than their time-outs allow.
 */
export function replay(jobs: readonly TracedJob[], spec: PoolSpec, options: ReplayOptions): Outcome {
  const [first] = jobs;
  if (first === undefined) throw new Error('replay the jobs: there are none');
  return new Replay(jobs, first.queuedAt, spec, options).run();
}

class Replay {
  readonly #jobs: readonly TracedJob[];
  readonly #spec: PoolSpec;
  readonly #options: ReplayOptions;
  readonly #agenda: Agenda;
  readonly #world: World;
  readonly #polls: Polls;
  readonly #tally: Tally;
  readonly #controller: Controller;
  #ended = 0;
  #passAt = Number.POSITIVE_INFINITY;
  #passedAt = Number.NEGATIVE_INFINITY;

  constructor(jobs: readonly TracedJob[], firstAt: number, spec: PoolSpec, options: ReplayOptions) {
    // A job of the past had its limit then.
    this.#spec = { ...spec, timeouts: { ...spec.timeouts, maxJobMs: undefined } };
    this.#jobs = jobs;
    this.#options = options;
    const { azurePollIntervalMs, durations, maxConcurrentCreates } = options;
    this.#agenda = new Agenda(firstAt - FILLING_MS);
    this.#tally = new Tally(firstAt);
    this.#world = new World(this.#agenda, this.#spec, durations, {
      rang: () => this.#ring(0),
      changedInAzure: () => this.#polls.changed(),
      counted: () => this.#tally.counted(this.#world.headcount, this.#agenda.now),
      taken: waitedMs => this.#tally.waited(waitedMs),
      ended: () => this.#noteEnd(),
    });
    this.#polls = new Polls(this.#agenda, this.#world, {
      intervalMs: azurePollIntervalMs,
      readsQueue: scales(this.#spec),
      onRead: () => this.#ring(0),
    });
    const parts = { desired: [this.#spec], owner: OWNER, random: () => 0.5, emit: () => {}, maxConcurrentCreates };
    this.#controller = new Controller({ ...parts, reconcileIntervalMs: INTERVAL_MS }, this.#agenda.now);
  }

  run(): Outcome {
    this.#polls.changed();
    this.#queueNext(0);
    const { agentCount, reserve } = this.#spec;
    const forAgents = (agentCount + reserve) * MOST_EVENTS.perAgent;
    const most = MOST_EVENTS.beside + forAgents + this.#jobs.length * MOST_EVENTS.perJob;
    for (let events = 0; this.#ended < this.#jobs.length; events++)
      if (events > most || !this.#agenda.next())
        throw new Error(
          `replay with ${agentCount} agents: ${this.#jobs.length - this.#ended} jobs are never done; ${this.#waiting()}`,
        );
    return this.#tally.outcome(this.#agenda.now);
  }

  /** One at a time: the agenda stays short. */
  #queueNext(index: number): void {
    const job = this.#jobs[index];
    if (job === undefined) return;
    this.#agenda.at(job.queuedAt, () => {
      this.#world.queue(job);
      this.#queueNext(index + 1);
    });
  }

  #noteEnd(): void {
    this.#ended += 1;
    if (this.#ended % PROGRESS_EVERY === 0) this.#options.onProgress?.(this.#ended / this.#jobs.length);
  }

  #ring(withinMs: number): void {
    const at = Math.max(this.#agenda.now + withinMs, this.#passedAt + SPACING_MS);
    if (at >= this.#passAt) return;
    this.#passAt = at;
    this.#agenda.at(at, () => {
      if (this.#passAt === at) this.#pass();
    });
  }

  #pass(): void {
    const { now } = this.#agenda;
    this.#passAt = Number.POSITIVE_INFINITY;
    this.#passedAt = now;
    const { nextAt, plan, reread } = this.#controller.observe(this.#sight(now), now);
    if (reread.length > 0) this.#polls.refresh();
    for (const action of plan.actions) this.#start(action);
    this.#ring(Math.max(0, nextAt - now));
  }

  #start(action: Action): void {
    const startedAt = this.#agenda.now;
    this.#controller.started(action, startedAt);
    if (action.kind === 'create-instance') this.#tally.created();
    const { ms, end } = beginDeed(this.#world, action, this.#options.durations);
    this.#agenda.in(ms, () => {
      this.#ring(this.#end(action, startedAt, end));
    });
  }

  /** Gives back within how many ms it asks for a pass. */
  #end(action: Action, startedAt: number, end: () => void): number {
    const { now } = this.#agenda;
    try {
      end();
      return this.#controller.ended(action, startedAt, now);
    } catch (error) {
      this.#controller.failed(action, now, error);
      return 0;
    }
  }

  #sight(now: number): Sight {
    const { name, registration } = this.#spec;
    const key = azureKey(this.#spec.azure);
    const { registrations, requests } = this.#polls;
    return {
      instances: known(this.#world.instances, now),
      bases: known([baseOf(name)], now),
      wantedBases: new Map([[name, known(BASE, now)]]),
      registrations: new Map([[key, registrations]]),
      agentPoolIds: new Map([[key, AGENT_POOL_ID]]),
      requests: new Map(requests === undefined ? [] : [[key, requests]]),
      drained: new Set(),
      drainedAgents: new Set(),
      // Jobs of the past wait without one.
      withoutPlaceholder: new Set([name]),
      registration: new Map([[name, { kind: registration === 'guest' ? 'guest' : 'host' }]]),
      creationBlocked: undefined,
    };
  }

  #waiting(): string {
    const waiting = this.#controller.last?.plan.pools.get(this.#spec.name)?.waiting;
    return waiting ?? 'the planner says of nothing that it waits for it';
  }
}

function known<T>(value: T, at: number): Reading<T> {
  return { known: true, value, at };
}

/** One that works, so that nobody has to try it. */
function baseOf(pool: string): BaseRecord {
  return {
    name: BASE,
    pool,
    ready: true,
    idsFrom: undefined,
    contract: CONTRACT,
    createdAt: 0,
    own: '',
    image: '',
    checkedAt: 0,
    agentVersion: '4.0.0',
    docker: true,
    copyCost: undefined,
    provenFor: [pool],
  };
}
