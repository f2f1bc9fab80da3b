import type { Action } from '../model/action.js';
import type { InstanceRecord, JobRequest, Registration } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { UnfinishedRequest } from '../model/queue.js';
import { shapeOf } from '../model/shape.js';
import type { TracedJob } from '../model/trace.js';
import type { Agenda } from './agenda.js';
import type { Durations } from './durations.js';

/** The agent pool's id, and the name of the one base: what they are is nobody's concern. */
export const AGENT_POOL_ID = 1;
export const BASE = 'base';

/** An agent in both systems, as it truly is. */
interface Guest {
  readonly name: string;
  instance: InstanceRecord | undefined;
  registration: Registration | undefined;
}

/** How many agents there truly are of each kind. */
export interface Headcount {
  readonly idle: number;
  readonly busy: number;
  readonly instances: number;
}

/** Who hears of what happens. */
export interface Witness {
  /** Incus tells something at once: prepared, finished, gone. */
  readonly rang: () => void;
  /** The next list of Azure shows something else. */
  readonly changedInAzure: () => void;
  /** The counts are others from now on. */
  readonly counted: () => void;
  readonly taken: (waitedMs: number) => void;
  readonly ended: () => void;
}

/**
 * A host and an agent pool in which nothing goes wrong and everything takes its time: what truly is, apart from what a daemon has
 * read of it. Azure gives the oldest job to the agent that came online first.
 */
export class World {
  readonly #guests = new Map<string, Guest>();
  readonly #waiting: { readonly job: TracedJob; readonly requestId: number }[] = [];
  readonly #agenda: Agenda;
  readonly #durations: Durations;
  readonly #witness: Witness;
  readonly #spec: PoolSpec;
  #lastId = 0;

  constructor(agenda: Agenda, spec: PoolSpec, durations: Durations, witness: Witness) {
    this.#agenda = agenda;
    this.#spec = spec;
    this.#durations = durations;
    this.#witness = witness;
  }

  get instances(): readonly InstanceRecord[] {
    return [...this.#guests.values()].flatMap(({ instance }) => instance ?? []);
  }

  get registrations(): readonly Registration[] {
    return [...this.#guests.values()].flatMap(({ registration }) => registration ?? []);
  }

  /** What waits. */
  get requests(): readonly UnfinishedRequest[] {
    return this.#waiting.map(({ job: { queuedAt }, requestId }) => ({
      requestId,
      jobName: '',
      demands: [],
      received: false,
      isPrivate: true,
      queuedAt,
    }));
  }

  /** Whether the readings of Azure that follow may count for a proof, though nothing changes: somebody is on its way out. */
  get isSettling(): boolean {
    for (const { instance, registration } of this.#guests.values())
      if (registration && !registration.assigned && (!registration.enabled || instance === undefined)) return true;
    return false;
  }

  get headcount(): Headcount {
    let [idle, busy, instances] = [0, 0, 0];
    for (const { instance, registration } of this.#guests.values()) {
      if (instance !== undefined) instances += 1;
      if (registration?.assigned) busy += 1;
      else if (registration?.online && registration.enabled) idle += 1;
    }
    return { idle, busy, instances };
  }

  /** A job comes into the queue. */
  queue(job: TracedJob): void {
    this.#waiting.push({ job, requestId: this.#nextId() });
    this.#witness.changedInAzure();
    this.#assign();
  }

  /** An instance boots. */
  create({ base, name, pool }: Action<'create-instance'>): void {
    const guest: Guest = { name, instance: this.#newInstance(name, pool, base), registration: undefined };
    this.#guests.set(name, guest);
    this.#witness.counted();
    this.#agenda.in(this.#durations.preparingMs, () => {
      if (guest.instance === undefined) return;
      guest.instance = { ...guest.instance, status: 'ready' };
      this.#witness.rang();
    });
  }

  /** A prepared one is marked, before anything is handed to it. */
  mark(name: string, isListening: boolean): void {
    const guest = this.#guests.get(name);
    if (guest?.instance === undefined) return;
    const { now } = this.#agenda;
    const marks = { activatedAt: now, agentPoolId: AGENT_POOL_ID, listeningAt: isListening ? now : undefined };
    guest.instance = { ...guest.instance, ...marks, status: 'running' };
  }

  /** It is registered and told; it comes online after its start. */
  start(name: string, enabled: boolean): void {
    const guest = this.#guests.get(name);
    if (guest === undefined) return;
    const registration = { agentId: this.#nextId(), name, online: false, enabled, changedAt: this.#agenda.now };
    guest.registration = { ...registration, assigned: undefined, completed: undefined };
    this.#witness.changedInAzure();
    this.#agenda.in(this.#durations.startingMs, () => {
      if (guest.instance !== undefined) this.#change(guest, { online: true });
    });
  }

  /** Azure may give it a job from now on, or no more. */
  enable(name: string, enabled: boolean): void {
    const guest = this.#guests.get(name);
    if (guest === undefined) return;
    if (enabled && guest.instance) guest.instance = { ...guest.instance, listeningAt: undefined };
    this.#change(guest, { enabled });
  }

  /** Azure refuses it for an agent with a job. @throws Error then. */
  deregister(name: string): void {
    const guest = this.#guests.get(name);
    if (guest?.registration?.assigned) throw new Error(`delete ${name}: it has a job`);
    if (guest === undefined) return;
    guest.registration = undefined;
    this.#forget(guest);
    this.#witness.changedInAzure();
  }

  /** The instance is gone. */
  remove(name: string): void {
    const guest = this.#guests.get(name);
    if (guest?.instance === undefined) return;
    guest.instance = undefined;
    this.#forget(guest);
    this.#witness.rang();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #newInstance(name: string, pool: string, base: string): InstanceRecord {
    return {
      name,
      pool,
      agentPool: azureKey(this.#spec.azure),
      agentPoolId: undefined,
      status: 'running',
      base,
      shape: shapeOf(this.#spec),
      contract: CONTRACT,
      createdAt: this.#agenda.now,
      idsFrom: undefined,
      activatedAt: undefined,
      listeningAt: undefined,
      rangSinceChange: false,
      noisy: false,
      isWeighed: true,
    };
  }

  #change(guest: Guest, change: Partial<Registration>): void {
    if (guest.registration === undefined) return;
    guest.registration = { ...guest.registration, ...change };
    this.#witness.changedInAzure();
    this.#assign();
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const guest = this.#free();
      const next = guest && this.#waiting.shift();
      if (guest === undefined || next === undefined) break;
      this.#give(guest, next.job, next.requestId);
    }
    this.#witness.counted();
  }

  #free(): Guest | undefined {
    for (const guest of this.#guests.values()) {
      const { instance, registration } = guest;
      if (instance && registration?.online && registration.enabled && !registration.assigned) return guest;
    }
    return undefined;
  }

  #give(guest: Guest, { queuedAt, runMs }: TracedJob, requestId: number): void {
    const { takingMs } = this.#durations;
    const waitedMs = this.#agenda.now + takingMs - queuedAt;
    const job = { requestId, jobName: '', waitedMs, result: undefined };
    this.#has(guest, { ...job, received: false });
    this.#agenda.in(takingMs, () => {
      this.#has(guest, { ...job, received: true });
      this.#witness.taken(waitedMs);
    });
    this.#agenda.in(takingMs + runMs, () => this.#finish(guest, { ...job, received: true, result: 'succeeded' }));
  }

  #has(guest: Guest, assigned: JobRequest): void {
    if (guest.registration) guest.registration = { ...guest.registration, assigned };
    this.#witness.changedInAzure();
  }

  /** The guest says so at once, and powers off; Azure is asked later. */
  #finish(guest: Guest, completed: JobRequest): void {
    if (guest.registration)
      guest.registration = { ...guest.registration, assigned: undefined, completed, online: false };
    if (guest.instance) guest.instance = { ...guest.instance, status: 'ready', rangSinceChange: true };
    this.#witness.changedInAzure();
    this.#witness.rang();
    this.#witness.counted();
    this.#witness.ended();
    this.#agenda.in(this.#durations.endingMs, () => this.remove(guest.name));
  }

  #forget({ instance, name, registration }: Guest): void {
    if (instance === undefined && registration === undefined) this.#guests.delete(name);
    this.#witness.counted();
  }
}
