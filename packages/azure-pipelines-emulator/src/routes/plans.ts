/** What a worker tells of its job: timeline, console, logs, and the end. */
import { randomUUID } from 'node:crypto';
import { AzureError, badRequest } from '../errors.js';
import { addLines, mergeRecords } from '../progress.js';
import { finishRequest } from '../requests.js';
import { type Call, idOf, json, jsonList, type Route, readBody, readJson } from '../route.js';
import type { JobRequest } from '../state.js';
import { flagOf, isoTime, numberOf, textOf, toObjects, toTexts } from '../wire/json.js';
import { parseTaskResult } from '../wire/task-result.js';

const PLAN = '/{scopeIdentifier}/_apis/distributedtask/hubs/{hubName}/plans/{planId}';
const TIMELINE = `${PLAN}/timelines/{timelineId}`;
const RECORD = `${TIMELINE}/records/{recordId}`;
const callers = ['job'] as const;

/** Routes of a plan; a job's token opens its own plan only. */
export const planRoutes: readonly Route[] = [
  { method: 'POST', template: `${PLAN}/timelines`, callers, answer: call => timeline(call) },
  { method: 'GET', template: TIMELINE, callers, answer: call => timeline(call) },
  { method: 'GET', template: `${TIMELINE}/records`, callers, answer: call => records(call) },
  { method: 'PATCH', template: `${TIMELINE}/records`, callers, answer: patchRecords },
  { method: 'POST', template: `${RECORD}/feed`, callers, answer: feed },
  { method: 'PUT', template: `${RECORD}/attachments/{type}/{name}`, callers, answer: attach },
  { method: 'POST', template: `${PLAN}/logs`, callers, answer: createLog },
  { method: 'POST', template: `${PLAN}/logs/{logId}`, callers, answer: appendLog },
  { method: 'POST', template: `${PLAN}/events`, callers, answer: planEvent },
];

function timeline(call: Call): Response {
  const request = plannedRequest(call);
  const location = `${call.calledUrl}${new URL(call.request.url).pathname}`;
  return json({ id: request.timelineId, changeId: 1, location, records: [...request.timeline.values()] });
}

function records(call: Call): Response {
  return jsonList([...plannedRequest(call).timeline.values()]);
}

async function patchRecords(call: Call): Promise<Response> {
  const sent = toObjects(await readJson(call));
  return jsonList(mergeRecords(call.world, plannedRequest(call), sent));
}

async function feed(call: Call): Promise<Response> {
  const body = await readBody(call);
  const request = plannedRequest(call);
  addLines(call.world, request, call.params.recordId ?? '', toTexts(body), numberOf(body, 'startLine'));
  return new Response(null, { status: 200 });
}

/** Takes an attachment and forgets its content. */
async function attach(call: Call): Promise<Response> {
  plannedRequest(call);
  await call.request.arrayBuffer();
  const { type, name, timelineId, recordId } = call.params;
  return json({ type, name, timelineId, recordId, createdOn: isoTime(call.world.clock.now()) });
}

async function createLog(call: Call): Promise<Response> {
  const body = await readBody(call);
  const request = plannedRequest(call);
  request.logCount += 1;
  return json({ id: request.logCount, path: textOf(body, 'path'), createdOn: isoTime(call.world.clock.now()) });
}

/** Takes a page of a log and forgets it; the console feed has the same lines. */
async function appendLog(call: Call): Promise<Response> {
  const request = plannedRequest(call);
  const id = idOf(call, 'logId');
  if (!(id >= 1 && id <= request.logCount)) throw new AzureError(404, 'TaskLogNotFoundException', 'No such log.');
  await call.request.arrayBuffer();
  return json({ id, lastChangedOn: isoTime(call.world.clock.now()) });
}

/** Ends the job; with `agentShuttingDown` the agent's session is given no other. */
async function planEvent(call: Call): Promise<Response> {
  const { world } = call;
  const body = await readBody(call);
  const request = plannedRequest(call);
  if (textOf(body, 'name')?.toLowerCase() !== 'jobcompleted') return new Response(null, { status: 200 });
  const result = parseTaskResult(body.result);
  if (result === undefined) throw badRequest('The event JobCompleted has no result.');
  if (request.result !== undefined && request.result !== result) throw planNotFound(request.planId);
  const session = world.state.agents.get(request.agentId ?? 0)?.session;
  if (session !== undefined && flagOf(body, 'agentShuttingDown') === true) session.leaving = true;
  finishRequest(world, request, result, request.message);
  return json({ ...body, id: randomUUID() });
}

function plannedRequest(call: Call): JobRequest {
  const planId = call.params.planId ?? '';
  const { requests } = call.world.state;
  const request = [...requests.values()].find(request => request.planId === planId.toLowerCase());
  if (request === undefined) throw planNotFound(planId);
  if (call.caller.kind === 'job' && call.caller.requestId === request.id) return request;
  const message = `The token of another job does not open plan ${planId}.`;
  throw new AzureError(403, 'TaskOrchestrationPlanSecurityException', message);
}

function planNotFound(planId: string): AzureError {
  return new AzureError(404, 'TaskOrchestrationPlanNotFoundException', `No plan found for identifier ${planId}.`);
}
