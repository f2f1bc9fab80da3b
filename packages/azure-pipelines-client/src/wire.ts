/**
 * What travels between an agent's host and the service, with Microsoft's names and only the fields that are used. The
 * service leaves absent fields out; a `null` it sends all the same is dropped before anybody sees it.
 *
 * Sources: the `taskAgent` document (7.2) of MicrosoftDocs/vsts-rest-api-specs, and for job requests, which it lacks, the
 * interfaces of microsoft/azure-devops-node-api (`TaskAgentInterfaces.ts`). Instants are ISO 8601 in UTC.
 */

/** Source: `TaskAgentPool`. */
export interface TaskAgentPool {
  readonly id: number;
  readonly name: string;
  /** True for pools whose machines Microsoft runs. */
  readonly isHosted?: boolean;
  readonly poolType?: 'automation' | 'deployment';
  /** Number of registered agents. */
  readonly size?: number;
  /** Whether the service may tell agents to replace themselves by a newer release. */
  readonly autoUpdate?: boolean;
  /** Flags, comma separated; a pool with `elasticPool` belongs to a scale set and to the service. */
  readonly options?: string;
}

/** Source: `TaskAgentReference`, as it stands inside job requests. */
export interface TaskAgentReference {
  readonly id: number;
  readonly name?: string;
  readonly version?: string;
  readonly enabled?: boolean;
  readonly status?: TaskAgentStatus;
}

/** Source: `TaskAgentStatus`. Online means that a session is alive; there is no word for busy. */
export type TaskAgentStatus = 'offline' | 'online';

/** Source: `TaskAgentPublicKey`. Both numbers are big-endian, in standard base64. */
export interface TaskAgentPublicKey {
  readonly exponent: string;
  readonly modulus: string;
}

/** Source: `TaskAgentAuthorization`. The service shows client and URL to whoever registers the agent, and never again. */
export interface TaskAgentAuthorization {
  readonly clientId?: string;
  readonly authorizationUrl?: string;
  readonly publicKey?: TaskAgentPublicKey;
}

/** Source: `PropertiesCollection`; one value with the name of its .NET type. */
export interface PropertyValue {
  readonly $type?: string;
  readonly $value?: unknown;
}

/** Source: `TaskAgent`. */
export interface TaskAgent {
  readonly id: number;
  readonly name: string;
  readonly status: TaskAgentStatus;
  /** False once somebody disabled the agent: it ends the job that it has and gets no other. */
  readonly enabled?: boolean;
  readonly version?: string;
  readonly osDescription?: string;
  readonly maxParallelism?: number;
  readonly provisioningState?: string;
  readonly createdOn?: string;
  /** When the agent last went online or offline; absent for one that never connected. */
  readonly statusChangedOn?: string;
  readonly authorization?: TaskAgentAuthorization;
  /** `ServerUrl` is the one that matters: the URL that the agent is to use. */
  readonly properties?: Readonly<Record<string, PropertyValue>>;
  readonly systemCapabilities?: Readonly<Record<string, string>>;
  readonly userCapabilities?: Readonly<Record<string, string>>;
  /** The job that the agent has; present only when it was asked for, and only while there is one. */
  readonly assignedRequest?: TaskAgentJobRequest;
  readonly lastCompletedRequest?: TaskAgentJobRequest;
}

/** Source: `TaskResult`. */
export type TaskResult = 'succeeded' | 'succeededWithIssues' | 'failed' | 'canceled' | 'skipped' | 'abandoned';

/** Source: `TaskOrchestrationOwner`. */
export interface TaskOrchestrationOwner {
  readonly id: number;
  readonly name?: string;
}

/** Source: `TaskAgentJobRequest` of azure-devops-node-api. */
export interface TaskAgentJobRequest {
  readonly requestId: number;
  readonly queueTime?: string;
  readonly assignTime?: string;
  /** When an agent took the job up; present from then on. */
  readonly receiveTime?: string;
  readonly finishTime?: string;
  readonly result?: TaskResult;
  readonly lockedUntil?: string;
  readonly planId?: string;
  readonly jobId?: string;
  readonly jobName?: string;
  readonly demands?: readonly string[];
  readonly reservedAgent?: TaskAgentReference;
  /** Registered agents that meet the demands; left out when `matchesAllAgentsInPool`. */
  readonly matchedAgents?: readonly TaskAgentReference[];
  readonly matchesAllAgentsInPool?: boolean;
  readonly definition?: TaskOrchestrationOwner;
  /** The run that the job belongs to. */
  readonly owner?: TaskOrchestrationOwner;
  readonly poolId?: number;
  readonly orchestrationId?: string;
  /** `ParallelismTag` is `Private` for a job of a private project. */
  readonly data?: Readonly<Record<string, string>>;
  /** Why the job waits, where the service says so. */
  readonly statusMessage?: string;
}

/** Source: `ResourceLimit` of azure-devops-node-api. */
export interface ResourceLimit {
  /** How many jobs may run at once. */
  readonly totalCount?: number;
}

/** Source: `ResourceUsage` of azure-devops-node-api. */
export interface ResourceUsage {
  /** How many jobs run. */
  readonly usedCount?: number;
  readonly resourceLimit?: ResourceLimit;
}

/** Source: `PackageVersion`. */
export interface PackageVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Source: `PackageMetadata`. The agent compares `hashValue` with the archive's SHA-256, in hexadecimal. */
export interface PackageMetadata {
  readonly type: string;
  readonly platform: string;
  readonly version: PackageVersion;
  readonly downloadUrl: string;
  readonly hashValue?: string;
  readonly filename?: string;
  readonly createdOn?: string;
}

/** Source: `Identity`, as far as connection data show it. */
export interface ConnectionIdentity {
  readonly id?: string;
  readonly providerDisplayName?: string;
}

/** Source: `TaskAgentSessionKey`: an AES key in standard base64; `encrypted` by RSA-OAEP with SHA-1 under the agent's key. */
export interface TaskAgentSessionKey {
  readonly encrypted: boolean;
  readonly value: string;
}

/** Source: `TaskAgentSession`. */
export interface TaskAgentSession {
  readonly sessionId: string;
  readonly ownerName?: string;
  /** The key that messages are sealed with; absent where they come in plain text. */
  readonly encryptionKey?: TaskAgentSessionKey;
}

/** Source: `ConnectionData` of azure-devops-node-api (`LocationsInterfaces.ts`). */
export interface ConnectionData {
  readonly instanceId: string;
  /** `hosted` or `onPremises`. */
  readonly deploymentType?: string;
  readonly authenticatedUser?: ConnectionIdentity;
}
