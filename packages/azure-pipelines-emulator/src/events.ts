import type { TaskResult } from './wire/task-result.js';

interface AgentFacts {
  /** Ms since the epoch. */
  readonly at: number;
  readonly pool: string;
  readonly agentId: number;
  readonly agentName: string;
}

interface JobFacts {
  /** Ms since the epoch. */
  readonly at: number;
  readonly pool: string;
  readonly requestId: number;
  readonly jobName: string;
}

/** Something that happened in the emulated organisation. */
export type EmulatorEvent =
  | ({
      readonly kind: 'agent-registered' | 'agent-online' | 'agent-offline' | 'agent-changed' | 'agent-deleted';
    } & AgentFacts)
  | ({ readonly kind: 'job-queued' } & JobFacts)
  | ({
      readonly kind: 'job-assigned' | 'job-received';
      readonly agentId: number;
      readonly agentName: string;
    } & JobFacts)
  | ({ readonly kind: 'job-line'; readonly line: string; readonly agentName?: string | undefined } & JobFacts)
  | ({
      readonly kind: 'job-finished';
      readonly result: TaskResult;
      readonly agentName?: string | undefined;
      readonly message?: string | undefined;
    } & JobFacts);
