/** What the doctor finds out before it judges; all of it data. Texts of guests and of Azure are foreign. */
import type { AzurePipelinesErrorKind, TaskAgentPool } from 'azure-pipelines-client';
import type { DeviceMap, IncusErrorKind, Network, ServerInfo } from 'incus-client';
import type { ProbeOutcome } from '../execute/registration/probe.js';
import type { IpRange } from '../lib/ip-ranges.js';
import type { Obstacle } from '../lib/obstacle.js';
import type { StorageFacts } from '../model/storage.js';
import type { Holding } from '../observe/owners.js';

/** Something that was asked for, or why it is not known. */
export type Fact<T, Kind = string> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly error: string; readonly kind?: Kind };

/** This host, as far as it has to do with guests. */
export interface HostFacts {
  /** Whether Incus runs on it; if not, the rest tells nothing. */
  readonly isIncusHost: boolean;
  /** IPv4 routes to somewhere, but for the default one. */
  readonly routes: readonly HostRoute[];
  /** The interface of the default route for IPv4. */
  readonly uplink: string | undefined;
  /** Whether it passes packets of a family on; undefined where it does not say. */
  readonly forwards: Readonly<Record<Family, boolean | undefined>>;
  /** Chains of its firewall that keep packets away. */
  readonly blockers: Fact<readonly Blocker[]>;
  /** Inotify instances that each user may have; NaN where it does not say. */
  readonly inotify: number;
  readonly memoryBytes: number;
  /** Version of Debian's package of Incus, where that is installed. */
  readonly incusPackage: string | undefined;
}

export interface HostRoute {
  readonly interface: string;
  readonly range: IpRange;
  /** Those addresses are neighbours on the link: no gateway or tunnel stands between. */
  readonly isDirect: boolean;
}

/** IPv4 or IPv6. */
export type Family = 4 | 6;

/** A chain of the firewall that drops or refuses whatever nobody lets through. */
export interface Blocker {
  /** What it keeps away: what passes through the host, or what is for the host itself. */
  readonly hook: 'forward' | 'input';
  /** Who made it, as far as its names tell. */
  readonly by: 'docker' | 'ufw' | 'firewalld' | 'somebody';
  /** Its table and its name. */
  readonly chain: string;
}

/** The project in Incus. */
export interface ProjectFacts {
  readonly project: string;
  /** Incus does not tell this client whether there is such a project. */
  readonly isHidden: boolean;
  /** Devices of its default profile; undefined where there is no project. */
  readonly devices: DeviceMap | undefined;
  /** Keys of the project. */
  readonly config: Readonly<Record<string, string>>;
  readonly holdings: readonly Holding[];
  /** Owner of the state directory; undefined where no daemon has begun. */
  readonly ownerId: Fact<string | undefined>;
  /** Undefined where Incus does not show it. */
  readonly storage: StorageFacts | undefined;
  readonly room: { readonly usedBytes: number; readonly totalBytes: number } | undefined;
  /** Why guests cannot have what pools ask for by name. */
  readonly lacking: readonly Obstacle[];
  /** How many instances can have user ids of their own. */
  readonly isolatedMaps: number;
  readonly network: NetworkFacts | undefined;
  /** The bases of this installation that its pools use. */
  readonly bases: readonly BaseFacts[];
}

export interface BaseFacts {
  readonly name: string;
  readonly agentVersion: string;
  readonly docker: boolean;
  /** Names of the pools that use it. */
  readonly pools: readonly string[];
}

/** The network of the default profile, where Incus shows it. */
export interface NetworkFacts extends Pick<Network, 'name' | 'managed' | 'type' | 'config'> {
  /** Addresses that are given out by DHCP, to guests of every project; undefined where this client is not told of all. */
  readonly leases: number | undefined;
}

export type AzureErrorKind = AzurePipelinesErrorKind;

export type ServerFact = Fact<ServerInfo, IncusErrorKind>;

/** One agent pool in Azure. */
export interface AzureFacts {
  readonly url: string;
  readonly agentPool: string;
  /** Who is asked to register: the pools of the configuration for it may differ, and the strictest word counts. */
  readonly wanted: 'host' | 'guest' | 'auto';
  /** What is signed in with: a personal access token, or a token of Microsoft Entra. */
  readonly token: 'pat' | 'bearer';
  /** Without a kind where there was no token to ask with. */
  readonly pool: Fact<TaskAgentPool | undefined, AzureErrorKind>;
  /** Whether the token may see, and manage, agents. */
  readonly views: Fact<boolean, AzureErrorKind>;
  readonly manages: Fact<boolean, AzureErrorKind>;
  /** Agent pools whose agents the token may manage, by name. */
  readonly manageable: Fact<readonly string[], AzureErrorKind>;
  /** Agent pools of the configuration on this server. */
  readonly configured: readonly string[];
  /** How long what is signed in with is good; negative once it is not, undefined where nobody tells. */
  readonly endsInMs: number | undefined;
  /** How far the server's clock is ahead of this one; undefined where it does not tell the time. */
  readonly aheadMs: number | undefined;
  /** The agent that the server offers; undefined where nobody wants its newest. */
  readonly newestAgent: Fact<string> | undefined;
  readonly registration: Fact<ProbeOutcome>;
  /** Scheme, host and port at which agents sign in; undefined where no registration has told it. */
  readonly signsInAt: string | undefined;
  /** How many jobs of private projects the organisation may run at once; undefined where the server knows no limit. */
  readonly parallelJobs: Fact<number | undefined>;
  /** How many agents the pools of the configuration for it have at most. */
  readonly agents: number;
  /** What has jobs wait while its pools are empty; none where no pool may be. */
  readonly placeholders: Fact<readonly PlaceholderFact[]>;
}

export interface PlaceholderFact {
  readonly name: string;
  /** Left out where no pool wants it. */
  readonly pool?: string;
  readonly state: 'there' | 'missing' | 'disabled' | 'online' | 'unwanted';
}

/** Not made, or lost while it was looked at. */
export type GuestFact = Fact<GuestFacts, 'unmade' | 'lost'>;

/** A throw-away guest, as far as it got. */
export interface GuestFacts {
  /** What it was made from, in words. */
  readonly from: string;
  readonly hasBase: boolean;
  /** What `systemctl is-system-running` said at last, and units that failed. */
  readonly system: string;
  readonly failedUnits: readonly string[];
  /** Global IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[];
  readonly servers: readonly GuestServer[];
  /** Undefined where it did not get so far; `lacking` where pools want it, and what the guest was made from has none. */
  readonly docker: GuestDocker | 'unwanted' | 'lacking' | undefined;
}

/** What a guest makes of one Azure server. */
export interface GuestServer {
  /** Of the proxy, where one leads there. */
  readonly host: string;
  readonly port: number;
  /** Scheme, host and port at which agents sign in, if that is what it was tried for. */
  readonly signIn?: string;
  /** Addresses of its name; an address is its own. */
  readonly addresses: readonly string[];
  readonly connects: boolean;
  /** Status of an answer, or what curl complained of; undefined where there is no curl. */
  readonly http: { readonly status: number } | { readonly complaint: string } | undefined;
}

export interface GuestDocker {
  /** Its storage driver; undefined where it did not answer. */
  readonly driver: string | undefined;
  /** What a container of it said; `doctor` where all is well. */
  readonly ran: string;
}

/** The daemon on the control socket. */
export type DaemonFact =
  | { readonly kind: 'absent' | 'unreached' | 'other-release' | 'failing'; readonly error: string }
  | { readonly kind: 'running'; readonly status: DaemonStatus };

/** What is looked at of its status, as `status --json` shows it. */
export interface DaemonStatus {
  readonly incus: { readonly readable: boolean; readonly error?: string };
  readonly configuration?: { readonly file: string; readonly refused?: { readonly why: string } };
  readonly unwrittenEnds?: { readonly count: number; readonly error: string };
  readonly pools: readonly DaemonPool[];
  readonly removed: readonly {
    readonly name: string;
    readonly fate: string;
    readonly unread: boolean;
    readonly backingOff: readonly DaemonBackOff[];
  }[];
}

export interface DaemonPool {
  readonly name: string;
  readonly live: number;
  readonly target: number;
  readonly drained: boolean;
  readonly waiting?: string;
  readonly tokenRefusedSince?: number;
  readonly azure: { readonly readable: boolean; readonly error?: string };
  /** One that is not followed is read for who looks at it, and may not have been yet. */
  readonly queue?: { readonly followed: boolean; readonly unread?: { readonly error: string } };
  readonly backingOff: readonly DaemonBackOff[];
}

export interface DaemonBackOff {
  readonly action: string;
  readonly failures: number;
  readonly error: string;
}
