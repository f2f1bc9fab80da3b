import type { Usage } from '../lib/instance-usage.js';
import type { AgentPhase } from '../model/agent.js';
import type { RegistrationMode } from '../model/observed.js';
import type { CopyCost } from '../model/storage.js';

/** What `status --json` prints. Instants are epoch ms; every text from outside is made printable. */
export interface StatusDocument {
  readonly at: number;
  readonly owner: string;
  /** When the next look is due at the latest; something may ring before. */
  readonly nextLookAt?: number;
  readonly incus: Readable;
  /** The configuration of a daemon that runs. */
  readonly configuration?: ConfigurationStatus;
  /** The storage pool, where it cannot copy on write. */
  readonly storage?: StorageStatus;
  /** What the host has free beside its reserve; left out where `hostReserve` is not configured. */
  readonly host?: HostStatus;
  /** Agents that ended since this daemon began, of which no record could be written: when the last one did, and why not. */
  readonly unwrittenEnds?: { readonly count: number; readonly lastAt: number; readonly error: string };
  readonly pools: readonly PoolStatus[];
  /** Pools that are not in the configuration any more, while something of them is left. */
  readonly removed: readonly RemovedPoolStatus[];
}

export interface ConfigurationStatus {
  readonly file: string;
  /** Since when it is in force as it is. */
  readonly takenAt: number;
  /** Why the file as it is now cannot be put in force, in the words of `check`; left out while it is. */
  readonly refused?: { readonly at: number; readonly why: string };
}

export interface StorageStatus {
  readonly pool: string;
  readonly driver: string;
  /** What a copy of a base cost, measured; left out before the first base. */
  readonly copyCost?: CopyCost;
}

/** What is to stay free of the host, and what was. */
export interface HostStatus {
  /** When it was read last, which is done when something is to be created; left out before the first time. */
  readonly readAt?: number;
  /** Why not all of it could be read. */
  readonly error?: string;
  readonly memoryBytes?: RoomStatus;
  /** Of the fullest storage pool. */
  readonly diskBytes?: RoomStatus;
  /** What the btrfs of the storage pool can still take of metadata, where this host tells. */
  readonly metadataBytes?: RoomStatus;
  readonly cores?: RoomStatus;
  /** Pools that get no more instances for want of it. */
  readonly holdsBack: readonly string[];
}

interface RoomStatus {
  /** Left out where it is not known. */
  readonly free?: number;
  readonly kept: number;
}

export interface RemovedPoolStatus {
  readonly name: string;
  /** What becomes of what is left. */
  readonly fate: string;
  /** No configured pool reads the agent pool of one of its agents, so that they cannot be drained. */
  readonly unread: boolean;
  readonly agents: readonly AgentStatus[];
  readonly underWay: readonly ActionStatus[];
  readonly backingOff: readonly BackOffStatus[];
}

export interface Readable {
  readonly readable: boolean;
  /** Since when it can be read, or cannot. */
  readonly since: number;
  /** When the latest reading began; left out while there is none. */
  readonly readAt?: number;
  readonly error?: string;
}

export interface PoolStatus {
  readonly name: string;
  readonly agentPool: string;
  readonly azure: Readable;
  /** When its token expires, where the configuration tells. */
  readonly tokenExpiresAt?: number;
  /** Since when its latest token is refused, while the one before is good still. */
  readonly tokenRefusedSince?: number;
  /** Who registers its agents. */
  readonly registration: RegistrationMode['kind'];
  readonly agentCount: number;
  readonly target: number;
  /** How the target comes about, in words. */
  readonly wants: string;
  /** Which hours its standby is of, where that follows the clock. */
  readonly hours?: HoursStatus;
  /** Instances that are to be kept ready beside the live agents. */
  readonly reserve: number;
  readonly live: number;
  readonly prepared: number;
  /** Members of the listening reserve. */
  readonly listening: number;
  readonly preparing: number;
  /** The base that its configuration asks for. */
  readonly base?: string;
  /** What is known of that base; left out until it is built. */
  readonly generation?: GenerationStatus;
  /** A new base that one agent tries out; the others come from one that is known to work. */
  readonly tries?: string;
  readonly drained: boolean;
  /** Why there are fewer agents than wanted. */
  readonly waiting?: string;
  /** What it knows of the queue; left out for a pool of fixed size while nobody looks. */
  readonly queue?: QueueStatus;
  /** The registration that has jobs wait while the pool has no agent; left out where it needs none, and has none. */
  readonly placeholder?: PlaceholderStatus;
  readonly agents: readonly AgentStatus[];
  /** What the latest look decided to do. */
  readonly decided: readonly ActionStatus[];
  readonly underWay: readonly ActionStatus[];
  readonly backingOff: readonly BackOffStatus[];
}

/** A pool's placeholder: no agent, and never counted as one. */
export interface PlaceholderStatus {
  readonly name: string;
  /** `going`: it is there and not wanted any more; `unread`: Azure cannot be read. */
  readonly state: 'there' | 'missing' | 'going' | 'unread';
  /** What that means, in words. */
  readonly why: string;
}

/** A standby that follows the clock, as it is now. */
export interface HoursStatus {
  readonly standby: number;
  /** The hours that are in force, in words. */
  readonly during: string;
  /** When others begin, or these end; left out where that is not within a week. */
  readonly until?: number;
}

/** The queue of an agent pool, as far as it concerns one pool. */
export interface QueueStatus {
  /** Whether agents are made for it; that of a pool of fixed size is read for those who look. */
  readonly followed: boolean;
  /** Idle agents that are kept beyond what is queued. */
  readonly standby: number;
  /** Job requests that it has agents for, or makes some; left out while the queue cannot be read, or is not followed. */
  readonly queued?: number;
  /** When the latest reading of it began; left out while it cannot be read. */
  readonly readAt?: number;
  /** Why the queue cannot be read, and since when; where it is followed no agent is made for it then, and none is drained. */
  readonly unread?: { readonly since: number; readonly error: string };
  /** The job requests that no agent has, by what they wait for. */
  readonly waiting: readonly WaitingStatus[];
}

export interface WaitingStatus {
  readonly why: string;
  /** An agent of this pool; something that an agent does not bring; or nobody, since no pool offers what is demanded. */
  readonly for: 'agent' | 'other' | 'nobody';
  readonly requests: readonly { readonly requestId: number; readonly job: string; readonly since: number }[];
}

/** A base as a generation of agents. */
export interface GenerationStatus {
  readonly builtAt: number;
  /** When its image and agent were last seen to be the newest. */
  readonly checkedAt: number;
  readonly agentVersion: string;
  /** Whether an agent copied from it was online. */
  readonly proven: boolean;
}

export interface AgentStatus {
  readonly name: string;
  readonly phase: AgentPhase;
  readonly since: number;
  readonly base?: string;
  /** Version of the guest contract that it was made by, where that is not this daemon's. */
  readonly contract?: string;
  readonly createdAt?: number;
  readonly job?: string;
  /** The number of its job request in Azure. */
  readonly requestId?: number;
  /** What its instance takes, where this host can tell. */
  readonly usage?: Usage;
  /** Not before then (epoch ms) its job is ended, because it runs too long. */
  readonly endsAt?: number;
  /** A person drains it: it goes when it has no job. */
  readonly drained?: true;
}

export interface ActionStatus {
  readonly action: string;
  readonly on: string;
  readonly reason: string;
}

export interface BackOffStatus {
  readonly action: string;
  /** The agent, the base or the pool that it is for. */
  readonly on: string;
  readonly failures: number;
  readonly retryAt: number;
  readonly error: string;
}
