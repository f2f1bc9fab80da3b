import { satisfies } from '../assign.js';
import type { JobRequest } from '../state.js';
import type { World } from '../world.js';
import { isoTime } from './json.js';
import { taskAgentReference } from './task-agent-reference.js';

/** Writes a job request as `TaskAgentJobRequest`, without the agents that would match it. */
export function taskAgentJobRequest(world: World, request: JobRequest): object {
  const agent = world.state.agents.get(request.agentId ?? 0);
  return {
    requestId: request.id,
    queueTime: isoTime(request.queuedAt),
    assignTime: isoTime(request.assignedAt),
    receiveTime: isoTime(request.receivedAt),
    finishTime: isoTime(request.finishedAt),
    result: request.result,
    lockedUntil: isoTime(request.lockedUntil),
    serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7',
    hostId: world.state.instanceId,
    scopeId: world.state.projectId,
    planType: 'Build',
    planId: request.planId,
    jobId: request.jobId,
    jobName: request.name,
    demands: request.demands,
    reservedAgent: agent === undefined ? undefined : taskAgentReference(world, agent),
    definition: { _links: {}, id: 1, name: request.name },
    owner: { _links: {}, id: request.id, name: String(request.id) },
    data: { ParallelismTag: 'Private', IsScheduledKey: 'False' },
    planGroup: 'Build',
    poolId: request.poolId,
    queueId: queueIdOf(request.poolId),
    agentDelays: [],
    orchestrationId: `${request.planId}.build.job.__default`,
    matchesAllAgentsInPool: false,
    userDelayed: false,
    priority: 0,
  };
}

/** Writes a job request with the agents that would match it; when that is the whole pool, a flag stands for the list. */
export function matchedJobRequest(world: World, request: JobRequest): object {
  if (request.result !== undefined) return taskAgentJobRequest(world, request);
  const agents = [...world.state.agents.values()].filter(({ poolId }) => poolId === request.poolId);
  const matched = agents.filter(agent => satisfies(agent, request.demands));
  const all = matched.length > 0 && matched.length === agents.length;
  return {
    ...taskAgentJobRequest(world, request),
    matchesAllAgentsInPool: all,
    matchedAgents: all ? undefined : matched.map(agent => taskAgentReference(world, agent)),
  };
}

/** The id of a project's queue for a pool: another number than the pool's, as it is in Azure. */
export function queueIdOf(poolId: number): number {
  return 1000 + poolId;
}
