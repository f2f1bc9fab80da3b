import type { Reading } from './reading.js';
import type { CopyCost } from './storage.js';

/**
 * Where one agent is in its single-use life.
 *
 * | phase     | the instance                              | the registration                        |
 * |-----------|-------------------------------------------|-----------------------------------------|
 * | preparing | made or booting, not activated            | none                                    |
 * | prepared  | said Ready, not activated                 | none                                    |
 * | listening | activated for the listening reserve       | disabled, nothing assigned              |
 * | starting  | activated                                 | none yet, never online, being enabled   |
 * | idle      | runs                                      | online, enabled, nothing assigned       |
 * | busy      | runs                                      | a job request is assigned               |
 * | draining  | runs                                      | disabled, nothing assigned              |
 * | offline   | runs                                      | was online, is not, nothing assigned    |
 * | finished  | said Ready again, or its request is over  | whatever                                |
 * | stopped   | activated, and stopped for a second       | whatever                                |
 * | orphan    | absent                                    | there, or not read since                |
 * | unclear   | Incus reads Error                         | nothing assigned: only Azure can end it |
 */
export const AGENT_PHASES = [
  'preparing',
  'prepared',
  'listening',
  'starting',
  'idle',
  'busy',
  'draining',
  'offline',
  'finished',
  'stopped',
  'orphan',
  'unclear',
] as const;

export type AgentPhase = (typeof AGENT_PHASES)[number];

/** One agent as both systems show it, joined on its name. */
export interface Agent {
  readonly name: string;
  /** Name of its pool in our configuration, or in an earlier one: then no pool has this name now. */
  readonly pool: string;
  /** The agent pool that its registration is read in, by `azureKey`; undefined where none of the configuration does. */
  readonly agentPool: string | undefined;
  readonly phase: AgentPhase;
  /** Epoch ms at which this phase was first seen. */
  readonly since: number;
  readonly instance: InstanceRecord | undefined;
  readonly registration: Reading<Registration | undefined>;
  readonly life: Life;
}

/** What Incus shows of one instance of ours. */
export interface InstanceRecord {
  readonly name: string;
  readonly pool: string;
  /** The agent pool in Azure that it was made for, by `azureKey`; undefined for one that does not say. */
  readonly agentPool: string | undefined;
  /** The id of that agent pool; undefined for one that is not activated, or does not say. */
  readonly agentPoolId: number | undefined;
  readonly status: 'running' | 'ready' | 'stopped' | 'error';
  /** Name of the base it was copied from. */
  readonly base: string;
  /** What it was made with beside its base; empty where it does not say. */
  readonly shape: string;
  /** Version of the guest contract that it was made by; ours is `CONTRACT`. */
  readonly contract: string;
  readonly createdAt: number;
  readonly idsFrom: IdsFrom;
  /** When it was told to become an agent, by our own clock; undefined for one that knows no secret. */
  readonly activatedAt: number | undefined;
  /** Since when it belongs to the listening reserve; undefined for all others, and from right before it is enabled. */
  readonly listeningAt: number | undefined;
  /** Its guest was heard to ring Ready after the keys of the instance were changed last: an agent's, to mark it. */
  readonly rangSinceChange: boolean;
  /** Its guest rings so often that it has to lose its doorbell. */
  readonly noisy: boolean;
  /** Somebody has said how much of the cores it gets: we, once its job took its time, or who made its profile or its base. */
  readonly isWeighed: boolean;
}

/**
 * The first of the user ids that an instance has for itself alone, behind the member of a cluster that gives them out;
 * undefined where all share one range. It is `not yet` in the first moments of an instance, until Incus has written it down;
 * what has said Ready has its own, in the same list.
 */
export type IdsFrom = `${string}/${number}` | 'not yet' | undefined;

/** A base: the stopped instance that agents are copied from. */
export interface BaseRecord {
  readonly name: string;
  /** Name of the pool it was built for. */
  readonly pool: string;
  readonly ready: boolean;
  readonly idsFrom: IdsFrom;
  /** Version of the guest contract that it was built by. */
  readonly contract: string;
  readonly createdAt: number;
  /** Digest of what the configuration said of it; empty on one that does not say. */
  readonly own: string;
  /** The image that it was built from; empty on one that does not say. */
  readonly image: string;
  /** When image and agent in it were last seen to be the newest; when it was made, at first. */
  readonly checkedAt: number;
  /** Version of the agent in it; empty until it is ready. */
  readonly agentVersion: string;
  /** Whether docker is in it: its copies then need nesting, whatever the configuration asks for by now. */
  readonly docker: boolean;
  /** What a copy of it cost when it was built; undefined where the storage pool copies on write. */
  readonly copyCost: CopyCost | undefined;
  /** Pools of which an agent copied from it was seen online: it works. */
  readonly provenFor: readonly string[];
}

/** What Azure shows of one registration of ours. */
export interface Registration {
  readonly agentId: number;
  readonly name: string;
  readonly online: boolean;
  readonly enabled: boolean;
  /** The job request it holds. */
  readonly assigned: JobRequest | undefined;
  /** The last job request that it held, which is over. */
  readonly completed: JobRequest | undefined;
  /** Epoch ms of the last change that Azure tells: registered, or online or offline. */
  readonly changedAt: number;
  /** How many jobs it may have at a time; 1 where Azure does not tell. */
  readonly maxParallelism?: number | undefined;
  /** What it offers to demands, by lower-case name; there where the queue of its agent pool is read. */
  readonly capabilities?: Readonly<Record<string, string>> | undefined;
}

/** A job of one agent, as Azure tells it. */
export interface JobRequest {
  readonly requestId: number;
  /** Whether the agent has taken it. */
  readonly received: boolean;
  /** Foreign text. */
  readonly jobName: string;
  /** From the queue to the agent that took it, by Azure's own clock; undefined while Azure does not tell both. */
  readonly waitedMs: number | undefined;
  /** `succeeded`, `failed`, `canceled`, ...; undefined while the job runs. */
  readonly result: string | undefined;
}

/** The job that the agent has taken, be it over or not; one that was withdrawn before that is none. */
export function takenBy(registration: Registration | undefined): JobRequest | undefined {
  return [registration?.assigned, registration?.completed].find(job => job?.received);
}

/** What is remembered of an agent from pass to pass. Nothing of it is needed after a restart; it only makes decisions quicker. */
export interface Life {
  /** Its instance was seen, so that its absence now is an end that was observed. */
  readonly instanceSeen: boolean;
  /** When it was first seen activated, and no longer being activated (epoch ms). The mark on the instance may be of a clock that was set since. */
  readonly activeSince: number | undefined;
  /** The registration that it had when Azure last showed one: an activation that is tried again makes another. */
  readonly agentId: number | undefined;
  /** The id of the registration that the host made of it, be it that no reading shows that yet; undefined where another did. */
  readonly registeredAs: number | undefined;
  /** The instance was seen running after its activation, so that Ready now means finished. */
  readonly seenStarted: boolean;
  /** The guest said Ready before its activation, and has not been seen stopped since. Incus forgets it, we do not. */
  readonly saidPrepared: boolean;
  /** The guest rang finished; its status wanders while it powers off. */
  readonly saidFinished: boolean;
  readonly seenOnline: boolean;
  /** The request that it has taken, running or over: once Azure shows it as over, its life is over too. */
  readonly requestId: number | undefined;
  /** How its job ended, once Azure has told. */
  readonly result: string | undefined;
  /** Epoch ms at which that request was first seen. */
  readonly requestSince: number | undefined;
  /** Azure contradicted a `finished` of this guest once; the guest is not believed again. */
  readonly disbelieved: boolean;
  /** Until when (epoch ms) a call of ours may be under way that enables it; undefined where none can be. */
  readonly enablableUntil: number | undefined;
  /** Since when every reading of Azure showed it disabled and unassigned: start of the first and the last such reading. */
  readonly quietDisabled: Span | undefined;
  /** Since when every reading of Azure showed it offline and unassigned. */
  readonly quietOffline: Span | undefined;
  /** Since when every reading of Azure lacked its registration. */
  readonly quietAbsent: Span | undefined;
  /** Since when every reading of Azure showed it without a job. */
  readonly quietUnassigned: Span | undefined;
  /** We have deleted its registration, and Azure has said so. */
  readonly deregistered: boolean;
  /** Since when every reading of Incus that could read it showed it stopped. */
  readonly quietStopped: Span | undefined;
}

/** Epoch ms of the first and the last of consecutive readings that agree. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Incus shows `Stopped` for an instant while a container dies or starts; only what stays stopped this long is. */
export const STOPPED_MS = 1_000;

/** Whether readings of Incus have agreed for long enough that the instance is stopped. */
export function isStopped({ quietStopped }: Life): boolean {
  return quietStopped !== undefined && quietStopped.to - quietStopped.from >= STOPPED_MS;
}

/** Azure is asked twice, this far apart, before what it shows, or does not show, is believed. */
export const PROOF_MS = 5_000;

/**
 * Whether an agent that Azure does not show is not there any more. A list may lack for a moment what is there all the
 * same: it takes several that agree, or our own deletion.
 */
export function isDeregistered({ deregistered, quietAbsent }: Pick<Life, 'deregistered' | 'quietAbsent'>): boolean {
  return deregistered || isProof(quietAbsent);
}

/**
 * Whether the job that an agent has taken is over. One list may be behind, and show the agent as it was before it: without the
 * request among those that are over, it takes several lists that show no job.
 */
export function isJobOver(registration: Registration | undefined, { quietUnassigned, requestId }: Life): boolean {
  if (requestId === undefined || registration?.assigned) return false;
  return registration === undefined || registration.completed?.requestId === requestId || isProof(quietUnassigned);
}

function isProof(span: Span | undefined): boolean {
  return span !== undefined && span.to - span.from >= PROOF_MS;
}

/** What our own call that enables an agent may take, from the activation that stands on its instance. */
export const ENABLING_MS = 20_000;

/** Phases in which an agent takes one of the pool's places. */
export function isLive(phase: AgentPhase): boolean {
  switch (phase) {
    case 'starting':
    case 'idle':
    case 'busy':
    case 'draining':
    case 'offline':
    case 'unclear':
      return true;
    case 'preparing':
    case 'prepared':
    case 'listening':
    case 'finished':
    case 'stopped':
    case 'orphan':
      return false;
  }
}
