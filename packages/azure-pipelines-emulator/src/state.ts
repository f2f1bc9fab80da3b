/** The emulated organisation: the one place where anything changes. */
import type { KeyObject } from 'node:crypto';
import type { Capabilities } from 'azure-pipelines-client/demands';
import type { Bell } from './bell.js';
import type { KeptPool } from './options.js';
import type { AgentRecord } from './records.js';
import type { JsonObject } from './wire/json.js';
import type { TaskResult } from './wire/task-result.js';

/** An agent pool. */
export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly createdAt: number;
  /** What it is for, where that is not the builds of its owner's agents. */
  readonly keptFor: KeptPool | undefined;
  autoUpdate: boolean;
  lastMessageId: number;
}

/** A registration. */
export interface Agent {
  readonly id: number;
  readonly poolId: number;
  readonly createdAt: number;
  name: string;
  version: string;
  osDescription: string;
  enabled: boolean;
  maxParallelism: number;
  systemCapabilities: Capabilities;
  userCapabilities: Capabilities;
  /** What the agent signs in with; absent for one that was registered without a key. */
  identity?: { readonly clientId: string; readonly publicKey: KeyObject } | undefined;
  session?: Session | undefined;
  assignedRequestId?: number | undefined;
  lastCompletedRequestId?: number | undefined;
  onlineAt?: number | undefined;
  offlineAt?: number | undefined;
}

/** A listener's live connection. */
export interface Session {
  readonly id: string;
  readonly agentId: number;
  readonly poolId: number;
  readonly ownerName: string;
  /** AES-256 key; absent when messages go out in the clear. */
  readonly key: Buffer | undefined;
  readonly bell: Bell;
  messages: readonly Message[];
  /** Set by `agentShuttingDown`: no further job goes to this session. */
  leaving: boolean;
  openPolls: number;
  lastPollAt: number;
}

/** A message that waits until its agent deletes it. */
export interface Message {
  readonly id: number;
  readonly type: 'PipelineAgentJobRequest' | 'JobCancellation' | 'AgentRefresh';
  readonly body: string;
  readonly requestId?: number | undefined;
  fetched: boolean;
}

/** One step of a queued job. */
export interface Step {
  readonly name?: string;
  /** Run by the shell of the agent's command line task. */
  readonly script: string;
}

/** A job and what became of it. */
export interface JobRequest {
  readonly id: number;
  readonly poolId: number;
  readonly name: string;
  readonly steps: readonly Step[];
  readonly variables: Readonly<Record<string, string>>;
  readonly demands: readonly string[];
  readonly timeoutMs: number | undefined;
  readonly jobId: string;
  readonly planId: string;
  readonly timelineId: string;
  readonly token: string;
  readonly queuedAt: number;
  agentId?: number | undefined;
  agentName?: string | undefined;
  assignedAt?: number | undefined;
  lockedUntil?: number | undefined;
  receivedAt?: number | undefined;
  startedAt?: number | undefined;
  finishedAt?: number | undefined;
  result?: TaskResult | undefined;
  message?: string | undefined;
  /** Rung when the job has its result. */
  readonly ended: Bell;
  /** When the server itself ends a cancelled job that its agent has not ended. */
  cancelDeadlineAt?: number | undefined;
  readonly lines: string[];
  /** How many lines each timeline record has received. */
  readonly lineCounts: Map<string, number>;
  readonly timeline: Map<string, JsonObject>;
  logCount: number;
}

/** What a bearer token is good for. */
type Grant =
  | { readonly kind: 'agent'; readonly agentId: number; readonly clientId: string; readonly expiresAt: number }
  | { readonly kind: 'job'; readonly requestId: number };

/** All that the emulator remembers. */
export interface State {
  readonly instanceId: string;
  readonly projectId: string;
  readonly pools: readonly Pool[];
  readonly agents: Map<number, Agent>;
  readonly deletedAgents: AgentRecord[];
  readonly sessions: Map<string, Session>;
  readonly requests: Map<number, JobRequest>;
  readonly grants: Map<string, Grant>;
  /** Assertion ids already seen, with the instant after which they may be forgotten. */
  readonly usedAssertions: Map<string, number>;
  /** The personal access token of the organisation. */
  token: string;
  lastAgentId: number;
  lastRequestId: number;
}
