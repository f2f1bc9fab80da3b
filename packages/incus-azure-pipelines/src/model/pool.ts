/** Desired state of the pools: what the configuration asks for, every default filled, nothing secret in it. */

import type { AptMirror } from './apt-mirror.js';
import type { DockerSpec } from './docker-spec.js';
import type { Fittings } from './fittings.js';
import type { HostReserve } from './host-room.js';
import type { ProxySpec } from './proxy.js';
import { type StandbyHours, standbysOf } from './standby.js';

/** One pool: agents of one shape for one Azure agent pool. */
export interface PoolSpec {
  /** Name of the pool in our configuration; unique. */
  readonly name: string;
  /** Where its agents register. */
  readonly azure: AzureTarget;
  /** When what it signs in with expires, as a person has noted it or its certificate says (epoch ms). */
  readonly tokenExpiresAt?: number;
  /** Who registers its agents; `auto` finds out whether this server takes the host's way. */
  readonly registration: 'host' | 'guest' | 'auto';
  /** Ceiling on live agents. */
  readonly agentCount: number;
  /** Idle agents kept ready beyond the busy ones; equal to agentCount in a fixed pool. */
  readonly standby: number;
  /** Hours in which that is another number; the first ones that are in force count. */
  readonly standbyHours?: readonly StandbyHours[];
  /** Each number that it is at some time, where `standby` is the one in force. */
  readonly standbys?: readonly number[];
  /** Instances kept beyond the live agents: booted and, unless they listen, not registered. */
  readonly reserve: number;
  /** Whether the reserve listens: registered and online, but disabled; only where the host registers. */
  readonly reserveListening: boolean;
  /** First part of every agent's name, `[a-z0-9-]`. */
  readonly agentPrefix: string;
  readonly base: BaseSpec;
  readonly instance: InstanceSpec;
  readonly fittings?: Fittings;
  /** Variables of the agent's and its jobs' environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What demands of jobs are held against, beside what an agent finds itself; only where the host registers. */
  readonly capabilities?: Readonly<Record<string, string>>;
  /** The proxies that its agents and their jobs are to use. */
  readonly proxy?: ProxySpec;
  /** Host whose name has to resolve in a guest before it is prepared: a proxy, where that looks the server up. */
  readonly looksUp?: string;
  /** Where jobs work, in the agent's home or absolute; the agent's own choice when left out. */
  readonly workFolder?: string;
  readonly timeouts: Timeouts;
}

export interface AzureTarget {
  /** Collection URL, without a trailing slash. */
  readonly url: string;
  /** Name of the agent pool in Azure; free text. */
  readonly agentPool: string;
}

/** Whether the number of a pool's agents follows the queue, be it in some hours only. */
export function scales(spec: Pick<PoolSpec, 'agentCount' | 'standby' | 'standbyHours' | 'standbys'>): boolean {
  return standbysOf(spec).some(standby => standby < spec.agentCount);
}

/** Names an agent pool in Azure; pools of one agent pool share its readings. */
export function azureKey(target: AzureTarget): string {
  return `${target.url} ${target.agentPool}`;
}

/** Whether the queue of an agent pool is read: for one of the pools that are for it. */
export function isScaled(target: AzureTarget, pools: readonly PoolSpec[]): boolean {
  return pools.some(pool => scales(pool) && azureKey(pool.azure) === azureKey(target));
}

/** What a base is built from; its digest is part of the generation. */
export interface BaseSpec {
  readonly image: ImageSource;
  /** Whether the image keeps the guest contract already: nothing is installed then, and it is checked. */
  readonly isMade: boolean;
  /** Scripts run as root in the base, in order. */
  readonly provisionScripts: readonly ProvisionScript[];
  /** In place of the package sources that the image names. */
  readonly aptMirror?: AptMirror;
  /** Whether docker is installed and must answer before an instance counts as prepared. */
  readonly docker: boolean;
  /** Where docker comes from and what it is given, where that is said. */
  readonly dockerSpec?: DockerSpec;
  /** Size of the guest's `/tmp` in memory, or undefined for the image's own way. */
  readonly tmpfsSizeBytes: number | undefined;
  readonly agent: AgentSource;
  /** PEM texts of authorities that are trusted beside those of the image. */
  readonly authorities?: readonly string[];
  /** Whether guests get addresses of IPv6 on the network that setup makes. */
  readonly ipv6?: true;
  /** How far apart two looks for a newer image and agent are; undefined for never. */
  readonly refreshMs: number | undefined;
}

/** Which agent is put into the base: the newest that the server offers, one release of it, or a package on this host. */
export type AgentSource =
  | { readonly kind: 'latest' }
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'file'; readonly path: string };

export interface ProvisionScript {
  readonly path: string;
  readonly content: string;
  /** Before anything else is done in the image, or after all of it. */
  readonly when: 'before' | 'after';
}

/** Where the source image is found: an alias in this Incus or on an image server, or an instance in its place. */
export type ImageSource =
  /** `baseImage: NAME`: a local alias of that name where there is one, else the image server's. */
  | { readonly kind: 'any'; readonly alias: string; readonly server: ImageServer }
  | { readonly kind: 'local'; readonly alias: string }
  /** `alias` is the name of an instance that is stopped. */
  | { readonly kind: 'instance'; readonly alias: string }
  | { readonly kind: 'server'; readonly alias: string; readonly server: ImageServer };

export interface ImageServer {
  readonly url: string;
  readonly protocol: 'simplestreams' | 'incus';
  /** PEM text of the server's certificate, where it is not signed by a known authority. */
  readonly certificate: string | undefined;
}

/** Limits and devices of one instance. */
export interface InstanceSpec {
  /** Cores that a job sees; what the host has is the kernel's own limit. */
  readonly cores: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Root disk quota; undefined for none (on btrfs a quota slows every deletion of the storage pool). */
  readonly diskSizeBytes: number | undefined;
  /** Processes and threads. */
  readonly maxProcesses: number;
}

/** Durations in milliseconds. */
interface Timeouts {
  /** From the instance's start until it is prepared. */
  readonly preparationMs: number;
  /** From activation until the agent was online in Azure. */
  readonly startupGraceMs: number;
  /** An agent that was online may be offline and unassigned this long before it is reaped. */
  readonly offlineGraceMs: number;
  /** An agent beyond what is wanted is drained when it has been idle for so long. */
  readonly idleMs: number;
  /** From finished until the instance has to be gone. */
  readonly powerOffMs: number;
  /** From when a job was first seen until it is ended with its agent; undefined for never. */
  readonly maxJobMs: number | undefined;
  /** A registration of ours without an instance is an orphan when it is older than this. */
  readonly orphanGraceMs: number;
}

/** Settings of the whole daemon. */
export interface DaemonSpec {
  /** Incus project that holds the instances. */
  readonly project: string;
  readonly pools: readonly PoolSpec[];
  /** A full look at everything happens at least this often. */
  readonly reconcileIntervalMs: number;
  /** Time between two readings of an Azure agent pool. */
  readonly azurePollIntervalMs: number;
  readonly maxConcurrentCreates: number;
  readonly hostReserve?: HostReserve;
  readonly stateDirectory: string;
  readonly controlSocketPath: string;
  /** Where metrics and health are served; undefined for nowhere. */
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly incus: IncusTarget;
  readonly network: NetworkSpec;
  readonly proxy?: ProxySpec;
  /** PEM texts of authorities that are trusted beside those that are anyway. */
  readonly authorities?: readonly string[];
}

/** The network that `setup` makes for the guests. */
export interface NetworkSpec {
  /** What guests reach beside the Internet. */
  readonly allow: readonly AllowedTarget[];
  /** Whether guests have IPv4 addresses. */
  readonly ipv4: boolean;
  /** Whether guests have IPv6 addresses; they do where they have no others. */
  readonly ipv6: boolean;
  /** The host's address on it with the length of its prefix, of IPv4 where guests have that; undefined for one that Incus finds free. */
  readonly address: string | undefined;
}

/** An address, a subnet or a name that guests may reach. */
export interface AllowedTarget {
  /** Address or name, without brackets. */
  readonly host: string;
  /** Length of the subnet's prefix; undefined for a single address or a name. */
  readonly prefixLength: number | undefined;
  /** TCP port; undefined for everything. */
  readonly port: number | undefined;
}

/** How to reach Incus. */
export type IncusTarget =
  | { readonly kind: 'unix'; readonly socketPath: string | undefined }
  | {
      readonly kind: 'https';
      readonly url: string;
      readonly certificatePath: string;
      readonly keyPath: string;
      readonly serverCertificatePath: string | undefined;
    };
