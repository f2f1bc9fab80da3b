import type { Action } from './action.js';
import type { Agent, BaseRecord, Registration } from './agent.js';
import type { HostRoom } from './host-room.js';
import type { Offer, WaitingRequest } from './queue.js';
import type { Reading } from './reading.js';

export { knownValue, type Reading } from './reading.js';

/** The error of a reading that nobody has made yet. */
export const NOT_READ_YET = 'not read yet';

/** Everything a pass decides on. */
export interface Observed {
  /** Digest of this installation's id, as it stands in every name. */
  readonly owner: string;
  readonly agents: Reading<readonly Agent[]>;
  readonly bases: Reading<readonly BaseRecord[]>;
  /** By pool: the name of the base that its configuration asks for. */
  readonly wantedBases: ReadonlyMap<string, Reading<string>>;
  /** By pool that scales: job requests that wait for an agent of it; absent where nobody counts them. */
  readonly queued: ReadonlyMap<string, Reading<number>>;
  /** The job requests that wait, those included that count for no pool. */
  readonly waiting: readonly WaitingRequest[];
  /** By pool: what its agents offer to demands; there where its queue is read. */
  readonly offers: ReadonlyMap<string, Offer>;
  /** By `azureKey`: this owner's placeholders. */
  readonly placeholders: ReadonlyMap<string, Reading<readonly Registration[]>>;
  /** Pools that are to have no placeholder, since a person drains them without. */
  readonly withoutPlaceholder: ReadonlySet<string>;
  /** Pools that a person drains. */
  readonly drained: ReadonlySet<string>;
  /** Names of agents that a person drains. */
  readonly drainedAgents: ReadonlySet<string>;
  /** Actions that run, or that ended after the latest reading began: their effect is not in it yet. */
  readonly inFlight: readonly Action[];
  readonly failures: ReadonlyMap<string, Failure>;
  /** Names of finished agents whose log was collected. */
  readonly collected: ReadonlySet<string>;
  /** By name of an agent: why this daemon has disabled it; who is disabled and not in here was so by somebody else. */
  readonly disabled: ReadonlyMap<string, string>;
  /** When (epoch ms) unactivated guests were last asked to say Ready again. */
  readonly asked: ReadonlyMap<string, number>;
  /** Agents whose job runs too long, with the time (epoch ms) at which it was said that it will be ended. */
  readonly warned: ReadonlyMap<string, number>;
  /** By pool: who registers its agents. A pool activates none before that is known. */
  readonly registration: ReadonlyMap<string, RegistrationMode>;
  /** Why no instance may be created now, e.g. a host limit; undefined for no objection. */
  readonly creationBlocked: string | undefined;
  /** What the host has free; absent until that was asked for. */
  readonly hostRoom?: HostRoom | undefined;
}

/** Who registers a pool's agents, or why that is not known yet. */
export type RegistrationMode =
  | { readonly kind: 'host' }
  | { readonly kind: 'guest' }
  | { readonly kind: 'probing'; readonly why: string };

/** An action that failed: not before `retryAt` (epoch ms) again. */
export interface Failure {
  readonly count: number;
  readonly retryAt: number;
  readonly error: string;
}

/** Since when (epoch ms) both systems could be read without a break; what cannot be read now is left out. */
export interface ReadableSince {
  readonly incus: number | undefined;
  /** By `azureKey`. */
  readonly azure: ReadonlyMap<string, number>;
}
