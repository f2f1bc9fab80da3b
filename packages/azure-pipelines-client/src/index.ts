export type { AgentDetails, AgentFilter, AgentPatch, Agents, NewAgent } from './agents.js';
export type { Auth } from './auth.js';
export {
  AzurePipelinesError,
  type AzurePipelinesErrorFacts,
  type AzurePipelinesErrorKind,
  ignoreNotFound,
  isAzurePipelinesError,
} from './azure-pipelines-error.js';
export type { CallOptions } from './call.js';
export { type AzurePipelinesClient, type AzurePipelinesOptions, connectAzurePipelines } from './client.js';
export type { Clock } from './clock.js';
export type { JobRequests } from './job-requests.js';
export { normaliseUrl } from './normalise-url.js';
export type { PackageQuery, Packages } from './packages.js';
export type { ParallelJobs } from './parallel-jobs.js';
export { POOL_PERMISSIONS, type Pools } from './pools.js';
export type { RateLimit } from './rate-limit.js';
export type { NewSession, Sessions } from './sessions.js';
export type { CallReport } from './transport.js';
export type {
  ConnectionData,
  ConnectionIdentity,
  PackageMetadata,
  PackageVersion,
  PropertyValue,
  ResourceLimit,
  ResourceUsage,
  TaskAgent,
  TaskAgentAuthorization,
  TaskAgentJobRequest,
  TaskAgentPool,
  TaskAgentPublicKey,
  TaskAgentReference,
  TaskAgentSession,
  TaskAgentSessionKey,
  TaskAgentStatus,
  TaskOrchestrationOwner,
  TaskResult,
} from './wire.js';
