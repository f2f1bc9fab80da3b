import type { Registration } from '../../src/model/agent.js';
import type { UnfinishedRequest } from '../../src/model/queue.js';
import { AzureBudget } from './azure-budget.js';
import { AzurePast } from './azure-past.js';
import { aRequest, type Demanding, jobRequest, meets } from './demands.js';
import type { Holding } from './holding.js';
import type { Random } from './random.js';
import type { Timeline } from './timeline.js';

/** The service lets go of a job whose agent is silent for this long. */
const LOCK_MS = 60_000;

/** The agent's end of a registration: what Azure reaches when it hands out a job. */
export interface Listener {
  /** Whether it listens now, so that a job it is sent arrives. */
  listens(): boolean;
  /** It has taken the job. */
  received(): void;
  /** What it offers to demands; it tells when it comes online. */
  readonly capabilities: Readonly<Record<string, string>> | undefined;
}

interface State {
  readonly registrations: Map<number, Registration>;
  readonly queue: UnfinishedRequest[];
  readonly past: AzurePast;
}

/** Azure Pipelines as it truly is: who is registered, what is queued, and who holds which job. */
export class AzureWorld {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #pools = new Map<string, State>();
  readonly #listeners = new Map<number, Listener>();
  readonly #hiddenUntil = new Map<number, number>();
  #lastId = 0;
  jobsDone = 0;
  /** What daemons may spend: as much as they like. */
  budget = new AzureBudget();
  /** How likely a job is cancelled before its agent takes it. */
  cancelled = 0.08;
  /** What is held back, and why. */
  holding: Holding | undefined;
  /** What the next job demands. */
  demanding: Demanding = () => [];
  /** Until then (true time, epoch ms) no list of it comes. */
  unreadUntil = Number.NEGATIVE_INFINITY;
  /** The same for lists of what waits. */
  queueUnreadUntil = Number.NEGATIVE_INFINITY;
  /** Hears of every assignment. */
  onAssigned: (name: string, requestId: number) => void = () => {};

  constructor(timeline: Timeline, random: Random) {
    this.#timeline = timeline;
    this.#random = random;
  }

  register(key: string, name: string, listener: Listener | undefined, { ageMs = 0, enabled = true } = {}): number {
    const agentId = ++this.#lastId;
    const changedAt = this.#timeline.now - ageMs;
    if (listener) this.#listeners.set(agentId, listener);
    this.#set(key, { agentId, name, online: false, enabled, assigned: undefined, completed: undefined, changedAt });
    return agentId;
  }

  setOnline(key: string, agentId: number, online: boolean): void {
    const registration = this.find(key, agentId);
    if (registration === undefined || registration.online === online) return;
    const capabilities = this.#listeners.get(agentId)?.capabilities ?? registration.capabilities;
    this.#set(key, { ...registration, online, changedAt: this.#timeline.now, capabilities });
    if (online) this.#assignSoon(key);
  }

  disable(key: string, agentId: number): void {
    this.change(key, agentId, { enabled: false });
  }

  /** Gives back whether there is such a registration. */
  enable(key: string, agentId: number): boolean {
    const isThere = this.change(key, agentId, { enabled: true });
    if (isThere) this.#assignSoon(key);
    return isThere;
  }

  /** Gives back whether there is such a registration. */
  change(key: string, agentId: number, change: Partial<Registration>): boolean {
    const registration = this.find(key, agentId);
    if (registration) this.#set(key, { ...registration, ...change });
    return registration !== undefined;
  }

  /** Deletes a registration; refuses while it holds a job. Gives back whether it is gone. */
  remove(key: string, agentId: number): boolean {
    if (this.find(key, agentId)?.assigned) return false;
    this.#state(key).registrations.delete(agentId);
    this.#note(key);
    return true;
  }

  /** Hands the agent a job in this very instant, if it can be handed one. Gives back whether it was. */
  assignNow(key: string, agentId: number): boolean {
    const registration = this.find(key, agentId);
    if (registration === undefined || !this.#isFree(registration)) return false;
    if (!this.#state(key).queue.some(request => meets(request, registration.capabilities))) this.#push(key, []);
    return this.#give(key, registration);
  }

  enqueue(key: string, demands = this.demanding(this.#lastId + 1)): void {
    this.#push(key, demands);
    this.#assignSoon(key);
  }

  /** Nothing is held back any more. */
  letGo(): void {
    this.holding = undefined;
    for (const key of this.#pools.keys()) this.#assignSoon(key);
  }

  cancelQueued(key: string): void {
    this.#state(key).queue.pop();
    this.#note(key);
  }

  /** Jobs that wait for an agent, of all or of those that one with these capabilities can do. */
  queued(key: string, capabilities?: Listener['capabilities']): number {
    const { queue } = this.#state(key);
    return capabilities === undefined ? queue.length : queue.filter(request => meets(request, capabilities)).length;
  }

  /** All job requests that are not over, as a server shows them that is behind by `lagMs`. */
  unfinished(key: string, lagMs = 0): readonly UnfinishedRequest[] {
    const { registrations, queue } = this.#state(key).past.at(this.#timeline.now - lagMs);
    const assigned = registrations.flatMap(one =>
      one.assigned ? [{ ...aRequest(one.assigned.requestId, []), received: one.assigned.received }] : [],
    );
    return [...assigned, ...queue];
  }

  /** Ends the request that the agent holds; one that has not taken it is free for the next. */
  release(key: string, agentId: number, done: boolean): void {
    const registration = this.find(key, agentId);
    if (!registration?.assigned) return;
    if (done) this.jobsDone += 1;
    const completed = { ...registration.assigned, result: done ? 'succeeded' : 'abandoned' };
    this.#set(key, { ...registration, assigned: undefined, completed });
    this.#assignSoon(key);
  }

  /** The agent is gone for good: Azure finds out by its silence. */
  abandon(key: string, agentId: number): void {
    this.#timeline.in(this.#random.between(2_000, 40_000), () => {
      // Somebody else may listen in its place.
      if (this.#listeners.get(agentId)?.listens() !== true) this.setOnline(key, agentId, false);
    });
    const requestId = this.find(key, agentId)?.assigned?.requestId;
    if (requestId === undefined) return;
    this.#timeline.in(LOCK_MS, () => {
      if (this.find(key, agentId)?.assigned?.requestId === requestId) this.release(key, agentId, false);
    });
  }

  find(key: string, agentId: number): Registration | undefined {
    return this.#state(key).registrations.get(agentId);
  }

  all(key: string): Registration[] {
    return [...this.#state(key).registrations.values()];
  }

  /** Until then lists lack it. */
  hide(agentId: number, until: number): void {
    this.#hiddenUntil.set(agentId, until);
  }

  /** Until when lists lack an agent (epoch ms); 0 where they never did. */
  hiddenUntil(agentId: number | undefined): number {
    return (agentId === undefined ? undefined : this.#hiddenUntil.get(agentId)) ?? 0;
  }

  /** From `at` on lists lack nobody any more. */
  showAll(at: number): void {
    for (const [agentId, until] of this.#hiddenUntil) this.#hiddenUntil.set(agentId, Math.min(until, at));
  }

  /** What a list shows that is of the time `at`, and may lag behind: a server that is behind shows an older state than the one before. */
  list(key: string, at: number, lagMs: number): readonly Registration[] {
    const { registrations } = this.#state(key).past.at(at - lagMs);
    if (this.#hiddenUntil.size === 0) return registrations;
    return registrations.filter(({ agentId }) => (this.#hiddenUntil.get(agentId) ?? 0) <= at);
  }

  #assignSoon(key: string): void {
    this.#timeline.in(this.#random.between(50, 2_500), () => this.#assign(key));
  }

  #assign(key: string): void {
    const chosen = this.#random.pick(this.all(key).filter(registration => this.#isFree(registration)));
    if (chosen === undefined) return;
    this.#give(key, chosen);
    if (this.queued(key) > 0) this.#assignSoon(key);
  }

  #push(key: string, demands: readonly string[]): void {
    this.#state(key).queue.push({ ...aRequest(++this.#lastId, demands), queuedAt: this.#timeline.now });
    this.#note(key);
  }

  #isFree({ agentId, online, enabled, assigned }: Registration): boolean {
    return online && enabled && assigned === undefined && this.#listeners.get(agentId)?.listens() === true;
  }

  /** Gives back whether there was a job for it. */
  #give(key: string, registration: Registration): boolean {
    const { queue } = this.#state(key);
    const running = [...this.#pools.keys()].flatMap(pool => this.all(pool).filter(one => one.assigned)).length;
    const mayRun = ({ requestId }: UnfinishedRequest) => this.holding?.mayRun(requestId, running) !== false;
    const at = queue.findIndex(request => meets(request, registration.capabilities) && mayRun(request));
    const [request] = at < 0 ? [] : queue.splice(at, 1);
    if (request === undefined) return false;
    const { requestId } = request;
    const { agentId } = registration;
    this.#set(key, { ...registration, assigned: jobRequest(requestId) });
    this.onAssigned(registration.name, requestId);
    this.#timeline.in(this.#random.between(50, 3_000), () => this.#receive(key, agentId, requestId));
    return true;
  }

  /** The agent takes its job, unless somebody cancelled it in between. */
  #receive(key: string, agentId: number, requestId: number): void {
    const registration = this.find(key, agentId);
    const listener = this.#listeners.get(agentId);
    if (registration?.assigned?.requestId !== requestId || registration.assigned.received) return;
    if (this.#random.chance(this.cancelled)) {
      this.release(key, agentId, false);
    } else if (listener?.listens()) {
      this.#set(key, { ...registration, assigned: { ...registration.assigned, received: true } });
      listener.received();
    } else {
      this.#timeline.in(LOCK_MS, () => {
        if (this.find(key, agentId)?.assigned?.received === false) this.release(key, agentId, false);
      });
    }
  }

  #state(key: string): State {
    const state = this.#pools.get(key) ?? { registrations: new Map(), queue: [], past: new AzurePast() };
    this.#pools.set(key, state);
    return state;
  }

  #set(key: string, registration: Registration): void {
    this.#state(key).registrations.set(registration.agentId, registration);
    this.#note(key);
  }

  #note(key: string): void {
    const { past, registrations, queue } = this.#state(key);
    past.note({ at: this.#timeline.now, registrations: [...registrations.values()], queue: [...queue] });
  }
}
