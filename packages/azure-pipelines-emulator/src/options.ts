import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';

/** What an agent pool may be for, beside the agents of its owner that build. */
export type KeptPool = 'hosted' | 'elastic' | 'deployment';

/** How an emulator is to behave. Everything has a default. */
export interface EmulatorOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Port to listen on; default 0, any free one. */
  readonly port?: number;
  /** First segment of every imitated path, or several as in `tfs/DefaultCollection`; default `emulated`. */
  readonly collection?: string;
  /** Names of the agent pools; default one, `default`. */
  readonly pools?: readonly string[];
  /** Those of them, by name, that take no agents for builds: Microsoft's own, a scale set's, and those for deployments. */
  readonly keptPools?: Readonly<Record<string, KeptPool>>;
  /** The personal access token that stands for the organisation; random by default. */
  readonly token?: string;
  /** A token of Microsoft Entra that is taken for the organisation, too, as Bearer; none by default. */
  readonly entraToken?: string;
  /** The URL, collection included, by which agents reach the emulator, when it is not the one it listens on. */
  readonly publicUrl?: string;
  /** Scheme, host and port of the token endpoint, which hosted servers have on a host of its own; those of `publicUrl` by default. */
  readonly tokenOrigin?: string;
  /** PEM texts; with them the emulator speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The time of everything, and of the header `Date`; default the machine's. */
  readonly clock?: Clock;
  /** What `connectionData` says; an agent rewrites the token endpoint's host unless it is `hosted`. Default `onPremises`. */
  readonly deployment?: 'hosted' | 'onPremises';
  /** Whether message bodies are encrypted; default true. */
  readonly encryptMessages?: boolean;
  /** How long a connection stays open that nobody uses; default 65 s, longer than clients keep theirs. */
  readonly keepAliveMs?: number;
  /** How long an empty poll is held open; default 50 s. */
  readonly pollHoldMs?: number;
  /** How long a session outlives its last poll; default 5 min. */
  readonly sessionLapseMs?: number;
  /** How long a lock on a job lasts unless renewed; default 5 min. */
  readonly lockMs?: number;
  /** The tarball served as the agent package of linux-x64 and linux-arm64; none by default. */
  readonly agentPackage?: AgentPackage;
  /** Status of the refusal to delete a busy agent; both have been reported of the service. Default 400. */
  readonly busyDeleteStatus?: 400 | 409;
  /** What the organisation's token may do with agent pools: 1 sees them, 2 manages their agents. Default all. */
  readonly permissions?: number;
  /** Agent pools whose agents the organisation's token may manage, as `actionFilter` lists them; all by default. */
  readonly manages?: readonly string[];
  /** How many jobs may have agents at once, in all pools: what an organisation has bought. As many as there are by default. */
  readonly parallelJobs?: number;
  /** Answers registrations without `authorization`, as a server that knows no key exchange. */
  readonly omitAuthorization?: boolean;
  /** Refuses registrations that carry a public key. */
  readonly refuseKeys?: boolean;
  /** Refuses every assertion at the token endpoint. */
  readonly refuseAssertions?: boolean;
}

/** A tarball laid out like the agent's own. */
export interface AgentPackage {
  readonly path: string;
  /** `major.minor.patch`. */
  readonly version: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The options that the imitated routes look at, with every default filled in. */
export interface Settings {
  readonly collection: string;
  readonly pools: readonly string[];
  readonly keptPools: Readonly<Record<string, KeptPool>>;
  readonly token: string;
  readonly entraToken: string | undefined;
  readonly tokenOrigin: string | undefined;
  readonly deployment: 'hosted' | 'onPremises';
  readonly encryptMessages: boolean;
  readonly pollHoldMs: number;
  readonly sessionLapseMs: number;
  readonly lockMs: number;
  readonly tokenMs: number;
  readonly agentPackage: AgentPackage | undefined;
  readonly busyDeleteStatus: 400 | 409;
  readonly permissions: number;
  readonly manages: readonly string[] | undefined;
  readonly parallelJobs: number | undefined;
  readonly omitAuthorization: boolean;
  readonly refuseKeys: boolean;
  readonly refuseAssertions: boolean;
}

const MINUTE_MS = 60_000;

/** A collection as it stands in URLs. */
export function collectionPath(collection: string): string {
  return collection.split('/').map(encodeURIComponent).join('/');
}

/** Fills in the defaults. */
export function resolveSettings(options: EmulatorOptions): Settings {
  return {
    collection: options.collection ?? 'emulated',
    pools: options.pools ?? ['default'],
    keptPools: options.keptPools ?? {},
    token: options.token ?? randomBytes(26).toString('hex'),
    entraToken: options.entraToken,
    tokenOrigin: options.tokenOrigin,
    deployment: options.deployment ?? 'onPremises',
    encryptMessages: options.encryptMessages ?? true,
    pollHoldMs: options.pollHoldMs ?? 50_000,
    sessionLapseMs: options.sessionLapseMs ?? 5 * MINUTE_MS,
    lockMs: options.lockMs ?? 5 * MINUTE_MS,
    tokenMs: 50 * MINUTE_MS,
    agentPackage: options.agentPackage,
    busyDeleteStatus: options.busyDeleteStatus ?? 400,
    permissions: options.permissions ?? 0xff,
    manages: options.manages,
    parallelJobs: options.parallelJobs,
    omitAuthorization: options.omitAuthorization ?? false,
    refuseKeys: options.refuseKeys ?? false,
    refuseAssertions: options.refuseAssertions ?? false,
  };
}
