/** The queue of a pool, and the locks that agents hold on their jobs. */
import { accessDenied, badRequest, jobNotFound } from '../errors.js';
import { cancelRequest, finishRequest, renewRequest } from '../requests.js';
import { type Call, idOf, json, jsonList, noContent, poolIn, type Route, readBody } from '../route.js';
import type { JobRequest } from '../state.js';
import { instantOf } from '../wire/json.js';
import { matchedJobRequest, taskAgentJobRequest } from '../wire/task-agent-job-request.js';
import { parseTaskResult } from '../wire/task-result.js';

const REQUESTS = '/_apis/distributedtask/pools/{poolId}/jobrequests';

/** Routes of job requests. */
export const jobRequestRoutes: readonly Route[] = [
  { method: 'GET', template: REQUESTS, callers: ['organisation'], answer: list },
  { method: 'GET', template: `${REQUESTS}/{requestId}`, callers: ['organisation', 'agent'], answer: get },
  { method: 'PATCH', template: `${REQUESTS}/{requestId}`, callers: ['agent'], answer: patch },
  { method: 'DELETE', template: `${REQUESTS}/{requestId}`, callers: ['organisation'], answer: remove },
];

/** How many finished requests the plain form adds to those that are not. */
const RECENTLY_FINISHED = 50;

/**
 * Answers one of the forms: `$top` (the newest, in another serialisation, without the agents that match), requests of
 * some agents, requests of one plan, or all that are unfinished and so many of the finished.
 */
function list(call: Call): Response {
  const { world, query } = call;
  const pool = poolIn(call);
  const newestFirst = [...world.state.requests.values()].filter(({ poolId }) => poolId === pool.id).toReversed();
  const top = query.get('$top');
  if (top !== null) {
    return jsonList(newestFirst.slice(0, countOf(top)).map(request => taskAgentJobRequest(world, request)));
  }
  const planId = query.get('planId');
  if (planId !== null) {
    const jobId = query.get('jobId');
    const ofPlan = newestFirst.filter(
      request => request.planId === planId && (jobId === null || request.jobId === jobId),
    );
    return jsonList(ofPlan.map(request => matchedJobRequest(world, request)));
  }
  const agents = query.get('agentIds') ?? query.get('agentId');
  const ids = agents?.split(',').map(Number);
  const wanted = newestFirst.filter(({ agentId }) => ids === undefined || ids.includes(agentId ?? 0));
  const unfinished = wanted.filter(({ result }) => result === undefined);
  const limit = countOf(query.get('completedRequestCount') ?? String(RECENTLY_FINISHED));
  const finished = wanted.filter(({ result }) => result !== undefined).slice(0, limit);
  return jsonList([...unfinished, ...finished].map(request => matchedJobRequest(world, request)));
}

function get(call: Call): Response {
  const request = named(call);
  const statusMessage = call.query.get('includeStatus') === 'true' ? statusOf(request) : undefined;
  return json({ ...matchedJobRequest(call.world, request), statusMessage });
}

/** Renews the lock, or ends the job when the body has a result, as plans older than version 8 do it. */
async function patch(call: Call): Promise<Response> {
  const body = await readBody(call);
  const request = named(call);
  if (request.result !== undefined) throw jobNotFound(request.id);
  const result = parseTaskResult(body.result);
  if (result !== undefined || instantOf(body, 'finishTime') !== undefined) {
    finishRequest(call.world, request, result ?? 'succeeded');
  } else {
    renewRequest(call.world, request);
  }
  return json(taskAgentJobRequest(call.world, request));
}

function remove(call: Call): Response {
  cancelRequest(call.world, named(call));
  return noContent();
}

function named(call: Call): JobRequest {
  const pool = poolIn(call);
  const request = call.world.state.requests.get(idOf(call, 'requestId'));
  if (request === undefined || request.poolId !== pool.id) throw jobNotFound(call.params.requestId ?? '');
  if (call.caller.kind === 'agent' && call.caller.agentId !== request.agentId) {
    throw accessDenied(`use the request ${request.id} of another agent`);
  }
  return request;
}

function statusOf(request: JobRequest): string {
  if (request.message !== undefined) return request.message;
  return request.agentId === undefined ? 'Waiting for an available agent' : `Assigned to agent ${request.agentName}`;
}

function countOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`"${text}" is no count.`);
}
