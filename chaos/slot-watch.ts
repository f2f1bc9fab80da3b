import type { AgentRecord, Emulator } from 'azure-pipelines-emulator';
import { SlotAccount, type Slots, type SlotTime } from 'incus-azure-pipelines';
import { backoffStepMs, backsOffAlike, type FaultKind } from './fault.js';

/** A fault that keeps the pool from being filled, whoever keeps it. */
interface Outage {
  readonly kind: FaultKind;
  readonly begunAt: number;
  /** When the first of the faults began that kept the same thing away, without a recovery in between. */
  readonly awayAt: number;
  /** When the fault was gone. */
  goneAt?: number;
}

const tickMs = 100;
const NOTHING: SlotTime = { wantedMs: 0, availableMs: 0, handoverMs: 0 };

/**
 * Counts slot-seconds from outside: by what Azure shows and by what was struck, not by what the daemon says.
 *
 * An agent is available while it is online and enabled or has a job that runs, and no fault has struck its instance. Time
 * in an outage is left out whole; an outage lasts until the fault is gone and the pool is whole again, at the latest one
 * back-off step after it is gone. The place of an agent that is frozen is not wanted for as long as it is.
 */
export class SlotWatch implements Disposable {
  /** Without outages. */
  counted = NOTHING;
  /** All of it, outages included. */
  all = NOTHING;
  /** How long each fault was an outage, back-off step included. */
  readonly outageMs = new Map<FaultKind, number>();
  readonly #emulator: Pick<Emulator, 'agents' | 'on'>;
  readonly #now: () => number;
  readonly #places: number;
  readonly #account = new SlotAccount();
  readonly #whole = new SlotAccount();
  readonly #outages = new Set<Outage>();
  readonly #done = new Set<string>();
  readonly #struck = new Set<string>();
  readonly #frozen = new Set<string>();
  readonly #off: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(emulator: Pick<Emulator, 'agents' | 'on'>, places: number, now: () => number = Date.now) {
    this.#emulator = emulator;
    this.#now = now;
    this.#places = places;
    this.#off = emulator.on(event => {
      if (event.kind === 'job-finished' && event.agentName !== undefined) this.#done.add(event.agentName);
      this.look();
    });
    this.#timer = setInterval(() => this.look(), tickMs);
    this.look();
  }

  /** An instance is about to be ended. */
  strike(name: string): void {
    this.#struck.add(name);
    this.look();
  }

  /** It was not ended after all. */
  spare(name: string): void {
    this.#struck.delete(name);
    this.look();
  }

  /** An instance is about to be frozen; call what it gives back when it is not any more. */
  freeze(name: string): () => void {
    const held = this.#availableNames().includes(name) ? this.#frozen : undefined;
    held?.add(name);
    this.strike(name);
    return () => {
      held?.delete(name);
      this.spare(name);
    };
  }

  /** An outage begins; call what it gives back when its fault is gone. */
  outage(kind: FaultKind): () => void {
    const begunAt = this.#now();
    // The daemon takes faults that follow each other for one, and backs off as long.
    const before = [...this.#outages].filter(other => backsOffAlike(kind, other.kind));
    const outage: Outage = { kind, begunAt, awayAt: Math.min(begunAt, ...before.map(({ awayAt }) => awayAt)) };
    this.#outages.add(outage);
    this.look();
    return () => {
      outage.goneAt = this.#now();
      this.look();
    };
  }

  /** Takes what there is now into account. */
  look(): void {
    const at = this.#now();
    const available = this.#availableNames().length;
    const wanted = this.#places - this.#frozen.size;
    for (const outage of this.#outages) if (isOver(outage, at, available >= wanted)) this.#end(outage, at);
    const slots: Slots | undefined = this.#outages.size > 0 ? undefined : { wanted, available };
    this.counted = plus(this.counted, this.#account.sample(at, slots));
    this.all = plus(this.all, this.#whole.sample(at, { wanted: this.#places, available }));
  }

  [Symbol.dispose](): void {
    this.look();
    clearInterval(this.#timer);
    this.#off();
  }

  #end(outage: Outage, at: number): void {
    this.#outages.delete(outage);
    this.outageMs.set(outage.kind, (this.outageMs.get(outage.kind) ?? 0) + at - outage.begunAt);
  }

  #availableNames(): readonly string[] {
    return this.#emulator
      .agents()
      .filter(agent => isFit(agent) && !this.#done.has(agent.name) && !this.#struck.has(agent.name))
      .map(({ name }) => name);
  }
}

function isFit({ assignedRequestId, enabled, status }: AgentRecord): boolean {
  return assignedRequestId !== undefined || (enabled && status === 'online');
}

function isOver({ awayAt, goneAt, kind }: Outage, at: number, isWhole: boolean): boolean {
  return goneAt !== undefined && (isWhole || at >= goneAt + backoffStepMs(kind, goneAt - awayAt));
}

function plus(a: SlotTime, b: SlotTime): SlotTime {
  return {
    wantedMs: a.wantedMs + b.wantedMs,
    availableMs: a.availableMs + b.availableMs,
    handoverMs: a.handoverMs + b.handoverMs,
  };
}
