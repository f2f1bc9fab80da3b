import { type BackoffOptions, backoffMs } from '../lib/backoff.js';
import {
  type Action,
  isSharedByPool,
  keyOf,
  PREPARATION,
  REGISTRATION,
  TRIAL,
  targetOf,
  triedBy,
} from '../model/action.js';
import type { Failure } from '../model/observed.js';

const BACKOFF = { firstMs: 1_000, longestMs: 300_000 };
/**
 * What would fail for a whole pool costs several calls, what uses an instance up more, and a build dozens: a pool that stays
 * broken is to cost either system no more than twenty calls a minute.
 */
const ACTIVATION_BACKOFF = { firstMs: 5_000, longestMs: 300_000 };
const CREATION_BACKOFF = { firstMs: 12_000, longestMs: 300_000 };
const BUILD_BACKOFF = { firstMs: 90_000, longestMs: 300_000 };
/** An instance that ends before it was of use may just have been struck: the first such end shall cost its pool little. */
const VAIN_BACKOFF = { firstMs: 2_000, longestMs: 300_000 };
/** Each try of a base may cost a place for as long as an agent has to come online. */
const TRIAL_BACKOFF = { firstMs: 60_000, longestMs: 3_600_000 };

/** What such an instance did not get to. */
type Vain = typeof PREPARATION | typeof REGISTRATION;

interface Entry {
  readonly action: Action;
  readonly endedAt: number | undefined;
  readonly isWell: boolean;
}

/** Which actions are under way, and which failed: the loop's only memory of its own deeds. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #failures = new Map<string, Failure>();
  readonly #collected = new Set<string>();
  readonly #warned = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #deregistered = new Set<string>();
  readonly #disabled = new Map<string, string>();
  readonly #registrationIds = new Map<string, number>();

  started(action: Action): void {
    this.#entries.set(targetOf(action), { action, endedAt: undefined, isWell: false });
  }

  /** Notes the end. The action stays in flight until a reading that began after it shows what it did. */
  ended(action: Action, at: number): void {
    this.#entries.set(targetOf(action), { action, endedAt: at, isWell: true });
    // A step of a trial that went well says nothing of the base.
    if (triedBy(action) === undefined) this.#failures.delete(keyOf(action));
    if (action.kind === 'prove-base') this.#failures.delete(`${TRIAL}/${action.base}`);
    if (action.kind === 'collect-log') this.#collected.add(action.name);
    if (action.kind === 'warn-of-end') this.#warned.set(action.name, at);
    if (action.kind === 'ask-prepared') this.#asked.set(action.name, at);
    if (action.kind === 'disable-agent') this.#disabled.set(action.name, action.reason);
    if (action.kind === 'delete-registration') this.#deregistered.add(action.name);
  }

  /**
   * Notes the failure and gives back what is known of it: how often in a row, and when to try again. One that has used its
   * instance up costs as much as the creation of another.
   */
  failed(action: Action, at: number, error: string, random: number, hasUsedUp = false): Failure {
    this.#entries.set(targetOf(action), { action, endedAt: at, isWell: false });
    return this.#failed(keyOf(action), at, error, random, backoffOf(action, hasUsedUp));
  }

  /** Forgets that something failed, by its `keyOf`: a person wants it tried now. */
  forgive(key: string): void {
    this.#failures.delete(key);
  }

  /** Forgets what has failed for a whole pool: it is configured in another way, which may mend that. */
  forgivePool(pool: string): void {
    for (const key of this.#failures.keys()) {
      const [kind = '', target] = key.split('/', 2);
      if (target === pool && isSharedByPool(kind)) this.#failures.delete(key);
    }
  }

  /** Notes that a guest of a pool gave up before its agent was registered: its pool's next one is not due at once. */
  gaveUp(pool: string, at: number, error: string, random: number): void {
    this.#failed(`${REGISTRATION}/${pool}`, at, error, random, CREATION_BACKOFF);
  }

  /** Notes that an instance of a pool ended in vain: before it was an agent, or before that was online. */
  endedInVain(kind: Vain, pool: string, at: number, error: string, random: number): void {
    this.#failed(`${kind}/${pool}`, at, error, random, VAIN_BACKOFF);
  }

  /** Notes the id of the registration that the host made of an agent. */
  registeredAs(name: string, agentId: number): void {
    this.#registrationIds.set(name, agentId);
  }

  /** Notes that an agent of a pool was registered. */
  registered(pool: string): void {
    this.#failures.delete(`${REGISTRATION}/${pool}`);
  }

  /** Notes that an instance of a pool was prepared. */
  prepared(pool: string): void {
    this.#failures.delete(`${PREPARATION}/${pool}`);
  }

  /** Notes that the agent that tried a base ended before it was online, or why it will. The first reason is the one. */
  trialFailed(base: string, at: number, error: string, random: number): void {
    const key = `${TRIAL}/${base}`;
    if (at >= (this.#failures.get(key)?.retryAt ?? at)) this.#failed(key, at, error, random, TRIAL_BACKOFF);
  }

  /** Why an instance ends, or has ended; undefined when that is not our doing. What fails half-way takes it along. */
  whyEnded(name: string): string | undefined {
    const entry = this.#entries.get(name);
    if (entry?.action.kind === 'delete-instance') return entry.action.reason;
    if (entry && !entry.isWell && (isActivation(entry.action) || entry.action.kind === 'create-instance'))
      return `${entry.action.kind} is not done with it`;
    return this.#deregistered.has(name) ? (this.#disabled.get(name) ?? 'its registration was deleted') : undefined;
  }

  #failed(key: string, at: number, error: string, random: number, backoff: BackoffOptions): Failure {
    const before = this.#failures.get(key);
    // Several that were started together fail together: that is one failure, not a row of them.
    const count = before === undefined ? 1 : before.count + (at < before.retryAt ? 0 : 1);
    const failure = { count, retryAt: at + backoffMs(count, random, backoff), error };
    this.#failures.set(key, failure);
    return failure;
  }

  /** Forgets the ended actions whose effect is in the readings; `readAt` tells when the reading for an action began. */
  settle(readAt: (action: Action) => number | undefined): void {
    for (const [target, { action, endedAt }] of this.#entries) {
      const at = readAt(action);
      if (endedAt !== undefined && at !== undefined && at >= endedAt) this.#entries.delete(target);
    }
  }

  /**
   * Forgets what it knows of agents that are no more, and failures of bases that nobody wants; `bases` undefined is unknown.
   */
  keepOnly(names: ReadonlySet<string>, bases?: ReadonlySet<string>): void {
    const kept = [
      this.#asked,
      this.#collected,
      this.#deregistered,
      this.#disabled,
      this.#registrationIds,
      this.#warned,
    ];
    for (const known of kept) for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    for (const key of this.#failures.keys()) {
      const [kind, target] = key.split('/', 2);
      const perPool = kind !== undefined && isSharedByPool(kind);
      const targets = kind?.endsWith('-base') === true ? bases : names;
      if (!perPool && target !== undefined && targets?.has(target) === false) this.#failures.delete(key);
    }
  }

  get inFlight(): readonly Action[] {
    return [...this.#entries.values()].map(entry => entry.action);
  }

  /** Names of agents whose activation or enabling is in flight. */
  get activating(): ReadonlySet<string> {
    return new Set(this.inFlight.flatMap(action => (isActivation(action) ? [action.name] : [])));
  }

  /** By name of an agent: until when readings prove nothing of its being disabled, since our own call may not have ended yet. */
  get disabling(): ReadonlyMap<string, number> {
    const entries = [...this.#entries.values()].filter(({ action }) => action.kind === 'disable-agent');
    return new Map(entries.map(({ action, endedAt }) => [targetOf(action), endedAt ?? Number.POSITIVE_INFINITY]));
  }

  /** Actions that still run, without those that only wait for a reading. */
  get running(): number {
    return [...this.#entries.values()].filter(entry => entry.endedAt === undefined).length;
  }

  get failures(): ReadonlyMap<string, Failure> {
    return this.#failures;
  }

  get collected(): ReadonlySet<string> {
    return this.#collected;
  }

  /** When guests were asked to say Ready again. */
  get asked(): ReadonlyMap<string, number> {
    return this.#asked;
  }

  /** By name of an agent: why it was disabled by us. */
  get disabled(): ReadonlyMap<string, string> {
    return this.#disabled;
  }

  /** By name of an agent: the id of the last registration that the host made of it. */
  get registrationIds(): ReadonlyMap<string, number> {
    return this.#registrationIds;
  }

  /** Names of agents whose registration was deleted by us. */
  get deregistered(): ReadonlySet<string> {
    return this.#deregistered;
  }

  /** When it was said of an agent's job that it will be ended. */
  get warned(): ReadonlyMap<string, number> {
    return this.#warned;
  }
}

function backoffOf(action: Action, hasUsedUp: boolean): BackoffOptions {
  if (triedBy(action) !== undefined) return TRIAL_BACKOFF;
  if (action.kind === 'build-base') return BUILD_BACKOFF;
  if (action.kind === 'create-instance' || hasUsedUp) return CREATION_BACKOFF;
  return isSharedByPool(action.kind) ? ACTIVATION_BACKOFF : BACKOFF;
}

function isActivation(action: Action): action is Action<'activate-agent' | 'listen-agent' | 'enable-agent'> {
  return action.kind === 'activate-agent' || action.kind === 'listen-agent' || action.kind === 'enable-agent';
}
