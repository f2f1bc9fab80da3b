/** What the emulator shows of its agents, jobs and calls to those who drive it. */
import type { TaskResult } from './wire/task-result.js';

/** A registration. Instants are ms since the epoch. */
export interface AgentRecord {
  readonly id: number;
  readonly pool: string;
  readonly name: string;
  readonly version: string;
  readonly status: 'online' | 'offline';
  readonly enabled: boolean;
  readonly maxParallelism: number;
  readonly hasPublicKey: boolean;
  readonly sessionId?: string | undefined;
  readonly assignedRequestId?: number | undefined;
  readonly createdAt: number;
  readonly onlineAt?: number | undefined;
  readonly offlineAt?: number | undefined;
  readonly deletedAt?: number | undefined;
}

/** A job. Instants are ms since the epoch. */
export interface JobRecord {
  readonly requestId: number;
  readonly jobId: string;
  readonly pool: string;
  readonly name: string;
  readonly result?: TaskResult | undefined;
  /** Why the server ended the job, when the server did. */
  readonly message?: string | undefined;
  readonly agentId?: number | undefined;
  readonly agentName?: string | undefined;
  readonly queuedAt: number;
  readonly assignedAt?: number | undefined;
  readonly receivedAt?: number | undefined;
  /** The first console line or the first timeline record under way. */
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** The console as it was streamed. */
  readonly lines: readonly string[];
  readonly steps: readonly StepRecord[];
}

/** One step of a job, from its timeline. */
export interface StepRecord {
  readonly name: string;
  readonly result?: TaskResult | undefined;
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
}

/** One call of an imitated route. */
export interface CallRecord {
  readonly method: string;
  /** The route's template, or the path of what is not imitated. */
  readonly route: string;
  readonly path: string;
  /** 0 when no answer was given. */
  readonly status: number;
  readonly caller: 'organisation' | 'agent' | 'job' | 'anonymous';
  /** When it came, in ms since the epoch. */
  readonly at: number;
}
