/** Arguments of every action, by kind: the one list to extend when the daemon learns a new deed. */
interface ActionArgs {
  /** Builds the base that the pool's configuration asks for. */
  'build-base': { readonly base: string };
  /** Deletes a base that was left half-made, or that no pool needs any more. */
  'delete-base': { readonly base: string };
  /** Marks a base as one that works, with the pools that saw it. */
  'prove-base': { readonly base: string; readonly provenFor: readonly string[] };
  /** Copies the base, ephemeral, and starts the copy: it prepares itself. `docker` is whether docker is in the base. */
  'create-instance': { readonly name: string; readonly base: string; readonly docker: boolean } & Trial;
  /** Makes a prepared instance an agent; `agentVersion` is that of the agent in its base. */
  'activate-agent': { readonly name: string; readonly agentVersion: string } & Trial;
  /** Makes a prepared instance a member of the listening reserve: its agent is online, but disabled. */
  'listen-agent': { readonly name: string; readonly agentVersion: string };
  /** Makes a listening one an agent: from then on it may be given a job. */
  'enable-agent': { readonly name: string; readonly agentId: number };
  /** Reads the last log lines of a finished agent, so that it may power off, or of one that is to be deleted. */
  'collect-log': { readonly name: string };
  /** Stops new assignments. */
  'disable-agent': { readonly name: string } & Registered;
  'delete-registration': { readonly name: string } & Registered;
  /** Makes a pool's placeholder, or puts the one with that id right. */
  'keep-placeholder': {
    readonly name: string;
    readonly agentId: number | undefined;
    readonly agentPool: string;
    /** All that it offers, but for when it was last seen. */
    readonly capabilities: Readonly<Record<string, string>>;
  };
  'remove-placeholder': { readonly name: string } & Registered;
  /** Stops, where it still runs, and deletes the instance; with `unless` only where Azure does not know that agent. */
  'delete-instance': { readonly name: string; readonly unless?: Sought };
  /** Has a guest that was prepared once say so again. */
  'ask-prepared': { readonly name: string };
  /** Says that the agent's job is about to be ended, not before `dueAt` (epoch ms), because it runs too long. */
  'warn-of-end': { readonly name: string; readonly dueAt: number };
  /** Has an instance whose job takes its time give way to those that boot, where there are not cores enough for all. */
  'give-way': { readonly name: string };
  /** Takes the guest's doorbell away: it rang too often. */
  'remove-doorbell': { readonly name: string };
}

/** A registration in an agent pool that some pool of the configuration reads, by `azureKey`; not always the agent's own. */
interface Registered {
  readonly agentId: number;
  readonly agentPool: string;
}

/** An agent that Azure is asked for by itself, in the agent pool of that `azureKey`: by its id where that is known. */
interface Sought {
  readonly agentPool: string;
  readonly agentId: number | undefined;
}

/** What is done to try out a base. */
interface Trial {
  /** The base that is tried with this instance; absent for instances of a base that is taken for granted. */
  readonly tries?: string;
}

export type ActionKind = keyof ActionArgs;

/** One deed as data, with the pool it is for and the reason a person reads. */
export type Action<K extends ActionKind = ActionKind> = {
  [P in K]: { readonly kind: P; readonly pool: string; readonly reason: string } & ActionArgs[P];
}[K];

/** What to do now, and when to look again though nothing rings (epoch ms). */
export interface Plan {
  readonly actions: readonly Action[];
  readonly wakeAt: number | undefined;
  /** Something waits for a reading of what the host has free. */
  readonly asksForRoom?: true;
  /** By pool: the arithmetic behind the actions. */
  readonly pools: ReadonlyMap<string, PoolArithmetic>;
}

/** How a pool's number of agents came about, and what keeps it from it. */
export interface PoolArithmetic {
  readonly target: number;
  readonly live: number;
  readonly prepared: number;
  /** Members of the listening reserve, and those on their way to it. */
  readonly listening: number;
  readonly preparing: number;
  /** The new base that one agent of the pool tries out, while all others come from a proven one. */
  readonly tries: string | undefined;
  readonly waiting: string | undefined;
  /** That is for want of room on the host. */
  readonly lacksRoom?: true;
  /** What cannot be done for it now, be it wanted or not. */
  readonly heldUp?: HeldUp;
}

/** No instance can be made; or none of those that are there can become an agent either. */
export interface HeldUp {
  readonly in: 'creating' | 'registering';
  /** It has failed, and that is so long ago that one is to try it again. */
  readonly isToBeTried: boolean;
}

/** One function per kind of action; a kind without one does not compile. */
export type Executors = {
  readonly [K in ActionKind]: (action: Action<K>, signal: AbortSignal) => Promise<void>;
};

/** What an action is about: an agent, or a base. */
function subjectOf(action: Action): string {
  return 'name' in action ? action.name : action.base;
}

/**
 * What an action takes for itself; one target has one action under way at a time. The log of an agent is apart from it: to
 * read it must not hold back what keeps the agent from another job.
 */
export function targetOf(action: Action): string {
  return action.kind === 'collect-log' ? `log of ${action.name}` : subjectOf(action);
}

/** Trying out a base, which takes several actions; its failures have a place of their own among those of the actions. */
export const TRIAL = 'try-base';

/** What becomes of an instance between our actions; the failures of both have places of their own among those of the actions. */
export const PREPARATION = 'prepare-instance';
export const REGISTRATION = 'register-agent';

/** The base that an action is part of trying out. */
export function triedBy(action: Action): string | undefined {
  return 'tries' in action ? action.tries : undefined;
}

/** What failed for one of these would fail for the next in its pool, though that be another instance; nor is a placeholder an agent. */
const SHARED_BY_POOL: ReadonlySet<string> = new Set<ActionKind | typeof PREPARATION | typeof REGISTRATION>([
  'create-instance',
  PREPARATION,
  'activate-agent',
  'listen-agent',
  'enable-agent',
  REGISTRATION,
  'keep-placeholder',
  'remove-placeholder',
]);

/** Whether the attempts of a kind share one back-off in each pool. */
export function isSharedByPool(kind: string): boolean {
  return SHARED_BY_POOL.has(kind);
}

/** Identity of an action for back-off. What fails in trying a base is the base's own failure, and holds back nothing else. */
export function keyOf(action: Action): string {
  const tried = triedBy(action);
  if (tried !== undefined) return `${TRIAL}/${tried}`;
  return `${action.kind}/${isSharedByPool(action.kind) ? action.pool : subjectOf(action)}`;
}

/** What Azure alone shows when it is done. */
const IN_AZURE: ReadonlySet<ActionKind> = new Set<ActionKind>([
  'disable-agent',
  'delete-registration',
  'keep-placeholder',
  'remove-placeholder',
]);

/** Whether a list of Incus is to show what an action has done. */
export function isForIncus({ kind }: Action): boolean {
  return !IN_AZURE.has(kind);
}
