/** Projections of the state for those who drive the emulator. */
import type { AgentRecord, JobRecord, StepRecord } from './records.js';
import type { Agent, JobRequest, Pool } from './state.js';
import { instantOf, type JsonObject, textOf } from './wire/json.js';
import { parseTaskResult } from './wire/task-result.js';

/** Shows a registration. */
export function agentRecord(pool: Pool, agent: Agent): AgentRecord {
  return {
    id: agent.id,
    pool: pool.name,
    name: agent.name,
    version: agent.version,
    status: agent.session === undefined ? 'offline' : 'online',
    enabled: agent.enabled,
    maxParallelism: agent.maxParallelism,
    hasPublicKey: agent.identity !== undefined,
    sessionId: agent.session?.id,
    assignedRequestId: agent.assignedRequestId,
    createdAt: agent.createdAt,
    onlineAt: agent.onlineAt,
    offlineAt: agent.offlineAt,
  };
}

/** Shows a job as it stands. */
export function jobRecord(pool: Pool, request: JobRequest): JobRecord {
  return {
    requestId: request.id,
    jobId: request.jobId,
    pool: pool.name,
    name: request.name,
    result: request.result,
    message: request.message,
    agentId: request.agentId,
    agentName: request.agentName,
    queuedAt: request.queuedAt,
    assignedAt: request.assignedAt,
    receivedAt: request.receivedAt,
    startedAt: request.startedAt,
    finishedAt: request.finishedAt,
    lines: [...request.lines],
    steps: [...request.timeline.values()].filter(record => textOf(record, 'type') === 'Task').map(stepRecord),
  };
}

function stepRecord(record: JsonObject): StepRecord {
  return {
    name: textOf(record, 'name') ?? '',
    result: parseTaskResult(record.result),
    startedAt: instantOf(record, 'startTime'),
    finishedAt: instantOf(record, 'finishTime'),
  };
}
