import type { Plan } from '../model/action.js';
import type { HostPaths, Shown, Unnamed } from '../model/host-paths.js';
import type { RegistrationMode } from '../model/observed.js';
import { printableLine } from './printable.js';
import { actionStatus } from './status.js';
import type { ActionStatus, StatusDocument } from './status-document.js';

/** What all pools may take at their most of the host; there where `hostReserve` is configured. */
export interface Overcommitment {
  readonly instances: number;
  readonly memoryBytes: TakenAtMost;
  readonly cores: TakenAtMost;
  readonly diskBytes: TakenAtMost;
}

export interface TakenAtMost {
  readonly most: number;
  /** What stays free, as configured. */
  readonly kept: number;
  /** What the host has; left out where that is not known without a look at it. */
  readonly has?: number;
  /** How often all that may be taken is what the host has beside its reserve; left out where it has nothing beside. */
  readonly times?: number;
}

/** What `plan --json` prints. */
export interface PlanDocument {
  /** Part of every name of ours; left out as long as no daemon has begun, since the first one makes its own. */
  readonly owner?: string;
  readonly actions: readonly ({ readonly pool: string } & ActionStatus)[];
  /** The storage pool, where it cannot copy on write. */
  readonly storage?: NonNullable<StatusDocument['storage']>;
  /** What of this host guests get to see, in the order of the pools. */
  readonly hostPaths?: readonly ({ readonly pool: string } & Shown)[];
  /** What they may get to see of it besides, of which no path can be told. */
  readonly unnamedHostPaths?: readonly ({ readonly pool: string } & Unnamed)[];
  /** What the host has free beside its reserve; left out where it keeps none. */
  readonly host?: NonNullable<StatusDocument['host']>;
  readonly overcommitment?: Overcommitment;
  readonly pools: readonly PlannedPool[];
}

interface PlannedPool {
  readonly name: string;
  readonly registration: RegistrationMode['kind'];
  readonly target: number;
  readonly live: number;
  readonly prepared: number;
  readonly preparing: number;
  readonly drained: boolean;
  /** Why there are fewer agents than wanted. */
  readonly waiting?: string;
  /** Why Azure could not be read, which keeps agents from being made and ended. */
  readonly azureError?: string;
}

/** What one look comes to, for people and programs; `isBegun` tells whether its owner is the one to come. Pure. */
export function planDocument(
  plan: Plan,
  status: StatusDocument,
  isBegun: boolean,
  seen: readonly (HostPaths & { readonly pool: string })[],
  overcommitment?: Overcommitment,
): PlanDocument {
  // A profile is written by others than this program, too.
  const hostPaths = seen.flatMap(({ pool, shown }) =>
    shown.map(({ path, profile, source }) => ({
      pool,
      source: printableLine(source),
      path: printableLine(path),
      ...(profile === undefined ? {} : { profile }),
    })),
  );
  const unnamedHostPaths = seen.flatMap(({ pool, unnamed }) =>
    unnamed.map(({ by, what }) => ({ pool, by: printableLine(by), what: printableLine(what) })),
  );
  return {
    ...(isBegun ? { owner: status.owner } : {}),
    actions: plan.actions.map(action => ({ pool: action.pool, ...actionStatus(action) })),
    ...(status.storage === undefined ? {} : { storage: status.storage }),
    ...(hostPaths.length === 0 ? {} : { hostPaths }),
    ...(unnamedHostPaths.length === 0 ? {} : { unnamedHostPaths }),
    ...(status.host === undefined ? {} : { host: status.host }),
    ...(overcommitment === undefined ? {} : { overcommitment }),
    pools: status.pools.map(
      ({ name, registration, target, live, prepared, preparing, drained, waiting, azure }): PlannedPool => ({
        name,
        registration,
        target,
        live,
        prepared,
        preparing,
        drained,
        ...(waiting === undefined ? {} : { waiting }),
        ...(azure.readable ? {} : { azureError: azure.error ?? 'not read' }),
      }),
    ),
  };
}
