/** The life of a job request, from the queue to its result. */
import { randomBytes, randomUUID } from 'node:crypto';
import { unmetDemands } from 'azure-pipelines-client/demands';
import { assignments, satisfies } from './assign.js';
import { Bell } from './bell.js';
import { pushMessage } from './messages.js';
import type { Agent, JobRequest, Pool, State, Step } from './state.js';
import { jobMessage } from './wire/job-message.js';
import type { TaskResult } from './wire/task-result.js';
import type { World } from './world.js';

/** A job to be queued. */
export interface JobWish {
  readonly name?: string;
  /** Name of the agent pool; default the first. */
  readonly pool?: string;
  readonly steps: readonly Step[];
  readonly demands?: readonly string[];
  /** Counted from when an agent takes the job; default 60, and 0 means without limit. */
  readonly timeoutInMinutes?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Every job demands a minimum version of the agent, whether its author wrote so or not. */
const IMPLIED_DEMAND = 'Agent.Version -gtVersion 2.163.1';
const MINUTE_MS = 60_000;
const CANCEL_TIMEOUT = '00:05:00';
const CANCEL_GRACE_MS = 6 * MINUTE_MS;

/** Queues a job. If no registration of the pool, online or not, meets its demands, it fails at once. */
export function queueRequest(world: World, wish: JobWish): JobRequest {
  const pool = findPool(world, wish.pool);
  const { state } = world;
  state.lastRequestId += 1;
  const timeout = wish.timeoutInMinutes ?? 60;
  const request: JobRequest = {
    id: state.lastRequestId,
    poolId: pool.id,
    name: wish.name ?? 'Job',
    steps: wish.steps,
    variables: wish.variables ?? {},
    demands: [...(wish.demands ?? []), IMPLIED_DEMAND],
    timeoutMs: timeout > 0 ? timeout * MINUTE_MS : undefined,
    jobId: randomUUID(),
    planId: randomUUID(),
    timelineId: randomUUID(),
    token: randomBytes(32).toString('base64url'),
    queuedAt: world.clock.now(),
    ended: new Bell(),
    lines: [],
    lineCounts: new Map(),
    timeline: new Map(),
    logCount: 0,
  };
  state.requests.set(request.id, request);
  state.grants.set(request.token, { kind: 'job', requestId: request.id });
  world.emit({ kind: 'job-queued', ...facts(world, request) });
  if (!registered(world, pool).some(agent => satisfies(agent, request.demands))) {
    finishRequest(world, request, 'failed', noAgentMessage(world, pool, request));
  }
  world.changed();
  return request;
}

/** Hands waiting jobs to free agents. */
export function assignWaiting(world: World): void {
  const { agents, requests } = world.state;
  const waiting = [...requests.values()].filter(({ result, agentId }) => result === undefined && agentId === undefined);
  if (waiting.length === 0) return;
  const most = (world.settings.parallelJobs ?? Number.POSITIVE_INFINITY) - runningRequests(world.state);
  for (const { requestId, agentId } of assignments(waiting, [...agents.values()], most)) {
    const [request, agent] = [requests.get(requestId), agents.get(agentId)];
    if (request !== undefined && agent !== undefined) assign(world, request, agent);
  }
}

/** How many jobs have an agent, in all pools. */
export function runningRequests({ requests }: State): number {
  return [...requests.values()].filter(({ agentId, result }) => agentId !== undefined && result === undefined).length;
}

/** Renews the lock on a job; the first time means that the agent has taken it. */
export function renewRequest(world: World, request: JobRequest): void {
  const now = world.clock.now();
  request.lockedUntil = now + world.settings.lockMs;
  if (request.receivedAt === undefined) {
    request.receivedAt = now;
    world.emit({ kind: 'job-received', ...facts(world, request), ...agentFacts(request) });
  }
  world.changed();
}

/** Takes a job back from an agent that never took it. */
export function requeue(world: World, request: JobRequest, agent: Agent): void {
  agent.assignedRequestId = undefined;
  request.agentId = undefined;
  request.agentName = undefined;
  request.assignedAt = undefined;
  request.lockedUntil = undefined;
  if (request.cancelDeadlineAt !== undefined) finishRequest(world, request, 'canceled');
}

/** Ends a job and frees its agent. A job that has ended keeps its result. */
export function finishRequest(world: World, request: JobRequest, result: TaskResult, message?: string): void {
  if (request.result !== undefined) return;
  request.result = result;
  request.message = message;
  request.finishedAt = world.clock.now();
  request.lockedUntil = undefined;
  const agent = world.state.agents.get(request.agentId ?? 0);
  if (agent?.assignedRequestId === request.id) {
    agent.assignedRequestId = undefined;
    agent.lastCompletedRequestId = request.id;
    if (agent.session !== undefined) {
      agent.session.messages = agent.session.messages.filter(({ requestId }) => requestId !== request.id);
    }
  }
  const { agentName } = request;
  request.ended.ring();
  world.emit({ kind: 'job-finished', ...facts(world, request), result, agentName, message });
  world.changed();
}

/**
 * Cancels a job: at once while it waits; else its agent is told, and has five minutes and a grace before the server
 * ends the job itself.
 */
export function cancelRequest(world: World, request: JobRequest, reason?: string): void {
  if (request.result !== undefined || request.cancelDeadlineAt !== undefined) return;
  const agent = world.state.agents.get(request.agentId ?? 0);
  if (agent === undefined) {
    finishRequest(world, request, 'canceled', reason);
    return;
  }
  request.message = reason;
  request.cancelDeadlineAt = world.clock.now() + CANCEL_GRACE_MS;
  if (agent.session !== undefined) {
    const body = JSON.stringify({ jobId: request.jobId, timeout: CANCEL_TIMEOUT });
    pushMessage(world, agent.session, { type: 'JobCancellation', body, requestId: request.id });
  }
  world.changed();
}

/** Returns the pool of that name, in any case; the first when no name is given. */
export function findPool(world: World, name: string | undefined): Pool {
  const { pools } = world.state;
  const pool = name === undefined ? pools[0] : pools.find(pool => pool.name.toLowerCase() === name.toLowerCase());
  if (pool !== undefined) return pool;
  const known = pools.map(pool => `"${pool.name}"`).join(', ');
  throw new Error(`find agent pool "${name ?? ''}": the emulator has only ${known || 'none'}; name one of them`);
}

function assign(world: World, request: JobRequest, agent: Agent): void {
  if (agent.session === undefined) return;
  const now = world.clock.now();
  agent.assignedRequestId = request.id;
  request.agentId = agent.id;
  request.agentName = agent.name;
  request.assignedAt = now;
  request.lockedUntil = now + world.settings.lockMs;
  world.emit({ kind: 'job-assigned', ...facts(world, request), ...agentFacts(request) });
  const body = JSON.stringify(jobMessage(world, request));
  pushMessage(world, agent.session, { type: 'PipelineAgentJobRequest', body, requestId: request.id });
}

function registered(world: World, pool: Pool): readonly Agent[] {
  return [...world.state.agents.values()].filter(agent => agent.poolId === pool.id);
}

function noAgentMessage(world: World, pool: Pool, request: JobRequest): string {
  const capabilities = registered(world, pool).map(agent => ({
    ...agent.systemCapabilities,
    ...agent.userCapabilities,
  }));
  const unmet = request.demands.filter(
    demand => !capabilities.some(offer => unmetDemands(offer, [demand]).length === 0),
  );
  const named = unmet.length > 0 ? unmet : request.demands;
  return (
    `No agent found in pool ${pool.name} which satisfies the following ` +
    `${named.length > 1 ? 'demands' : 'demand'}: ${named.join(', ')}. All demands: ${request.demands.join(', ')}`
  );
}

function facts(world: World, request: JobRequest) {
  return {
    at: world.clock.now(),
    pool: world.poolOf(request).name,
    requestId: request.id,
    jobName: request.name,
  };
}

function agentFacts(request: JobRequest) {
  return { agentId: request.agentId ?? 0, agentName: request.agentName ?? '' };
}
