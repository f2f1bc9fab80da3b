/** Everything that chaos does to a running pool, by the names that `--faults` takes. */
export const FAULTS = [
  'kill-daemon',
  'restart-incus',
  'stop-instance',
  'freeze-instance',
  'delete-instance',
  'delete-registration',
  'fill-storage',
  'cut',
  'unauthorized',
  'sign-in-page',
  'throttled',
  'server-error',
  'garbage',
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** One fault as it was drawn. What it meets depends on the moment. */
export interface Strike {
  readonly kind: FaultKind;
  /** From the beginning of the run. */
  readonly atMs: number;
  /** For how long the fault stays, where it is one that stays. */
  readonly holdMs: number;
  /** In [0, 1): which of the things that may be struck. */
  readonly aim: number;
  /** In [0, 1): which form of the fault, where it has several. */
  readonly form: number;
}

/** Answers of the server, which exclude each other; the others may come at the same time. */
export function isAzureFault(kind: FaultKind): kind is AzureFault {
  switch (kind) {
    case 'cut':
    case 'unauthorized':
    case 'sign-in-page':
    case 'throttled':
    case 'server-error':
    case 'garbage':
      return true;
    case 'kill-daemon':
    case 'restart-incus':
    case 'stop-instance':
    case 'freeze-instance':
    case 'delete-instance':
    case 'delete-registration':
    case 'fill-storage':
      return false;
  }
}

export type AzureFault = Extract<
  FaultKind,
  'cut' | 'unauthorized' | 'sign-in-page' | 'throttled' | 'server-error' | 'garbage'
>;

/** What the server asks for with a 429. */
export const RETRY_AFTER_S = 3;
/** A refused token is tried again by the daemon once a minute. */
const REFUSED_MS = 60_000;
/** The first pauses of the daemon's back-offs: of its readings of Azure, and of its creations. */
const READING_MS = 5_000;
const CREATION_MS = 12_000;
/** Back-offs are spread by so much. */
const SPREAD = 1.2;

/**
 * One back-off step: how long the daemon may wait with its next try once a fault that stayed for `stayedMs` is gone. A
 * pause that doubles is never longer than what came before it and its first pause together.
 */
export function backoffStepMs(kind: FaultKind, stayedMs: number): number {
  switch (kind) {
    case 'unauthorized':
    case 'sign-in-page':
      return REFUSED_MS;
    case 'throttled':
      return RETRY_AFTER_S * 1_000 + SPREAD * (stayedMs + READING_MS);
    case 'cut':
    case 'server-error':
    case 'garbage':
      return SPREAD * (stayedMs + READING_MS);
    case 'fill-storage':
    case 'restart-incus':
      return SPREAD * (stayedMs + CREATION_MS);
    case 'kill-daemon':
    case 'stop-instance':
    case 'freeze-instance':
    case 'delete-instance':
    case 'delete-registration':
      return 0;
  }
}

/** Whether the daemon backs off from both faults as from one, in pauses that double. */
export function backsOffAlike(a: FaultKind, b: FaultKind): boolean {
  const doubles = (kind: FaultKind) => isAzureFault(kind) && !isRefusal(kind);
  return a === b || (doubles(a) && doubles(b));
}

/** A refused token is no matter of doubling pauses. */
export function isRefusal(kind: FaultKind): boolean {
  return kind === 'unauthorized' || kind === 'sign-in-page';
}
