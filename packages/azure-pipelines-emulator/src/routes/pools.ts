/** Agent pools, and the queues by which projects refer to them. */
import { AzureError } from '../errors.js';
import { type Call, idOf, json, jsonList, poolIn, type Route, readBody } from '../route.js';
import type { Pool } from '../state.js';
import { flagOf } from '../wire/json.js';
import { matchedJobRequest, queueIdOf } from '../wire/task-agent-job-request.js';
import { poolTypeOf, taskAgentPool } from '../wire/task-agent-pool.js';

const POOLS = '/_apis/distributedtask/pools';
const QUEUES = '/{project}/_apis/distributedtask/queues';
/** A type is asked for by its name or by its number. */
const TYPE_NUMBERS = { automation: '1', deployment: '2' } as const;
const callers = ['organisation'] as const;

/** Routes of pools and queues. */
export const poolRoutes: readonly Route[] = [
  { method: 'GET', template: POOLS, callers, answer: list },
  { method: 'GET', template: `${POOLS}/{poolId}`, callers, answer: call => answerPool(call, poolIn(call)) },
  { method: 'PATCH', template: `${POOLS}/{poolId}`, callers, answer: patch },
  { method: 'GET', template: `${POOLS}/{poolId}/permissions/{permissions}`, callers, answer: permissions },
  { method: 'GET', template: QUEUES, callers, answer: listQueues },
  { method: 'GET', template: `${QUEUES}/{queueId}`, callers, answer: call => json(queue(call, queuedPool(call))) },
  { method: 'GET', template: `${QUEUES}/{queueId}/agentrequests`, callers, answer: listQueueRequests },
];

function list(call: Call): Response {
  const { query, world } = call;
  const name = query.get('poolName')?.toLowerCase();
  const ids = query.get('poolIds')?.split(',').map(Number);
  const { manages } = world.settings;
  const managed = query.get('actionFilter')?.toLowerCase() === 'manage';
  const type = query.get('poolType')?.toLowerCase();
  const found = world.state.pools
    .filter(pool => name === undefined || pool.name.toLowerCase() === name)
    .filter(pool => ids === undefined || ids.includes(pool.id))
    .filter(pool => type === undefined || type === poolTypeOf(pool) || type === TYPE_NUMBERS[poolTypeOf(pool)])
    .filter(pool => !managed || manages === undefined || manages.includes(pool.name));
  return jsonList(found.map(pool => taskAgentPool(world.state, pool)));
}

async function patch(call: Call): Promise<Response> {
  const pool = poolIn(call);
  pool.autoUpdate = flagOf(await readBody(call), 'autoUpdate') ?? pool.autoUpdate;
  return answerPool(call, pool);
}

function answerPool(call: Call, pool: Pool): Response {
  return json(taskAgentPool(call.world.state, pool));
}

/** Whether the organisation's token has all that is asked for. */
function permissions(call: Call): Response {
  poolIn(call);
  const asked = idOf(call, 'permissions');
  return json((call.world.settings.permissions & asked) === asked);
}

function listQueues(call: Call): Response {
  const name = call.query.get('queueName')?.toLowerCase();
  const found = call.world.state.pools.filter(pool => name === undefined || pool.name.toLowerCase() === name);
  return jsonList(found.map(pool => queue(call, pool)));
}

function listQueueRequests(call: Call): Response {
  const pool = queuedPool(call);
  const top = Number(call.query.get('$top') ?? 100);
  const found = [...call.world.state.requests.values()].filter(({ poolId }) => poolId === pool.id).toReversed();
  return jsonList(found.slice(0, top).map(request => matchedJobRequest(call.world, request)));
}

function queuedPool(call: Call): Pool {
  const pool = call.world.state.pools.find(({ id }) => queueIdOf(id) === idOf(call, 'queueId'));
  if (pool !== undefined) return pool;
  throw new AzureError(404, 'TaskAgentQueueNotFoundException', `No agent queue ${call.params.queueId} found.`);
}

function queue(call: Call, pool: Pool): object {
  const { id, keptFor, name } = pool;
  const isHosted = keptFor === 'hosted';
  const poolType = poolTypeOf(pool);
  const reference = { id, scope: call.world.state.instanceId, name, isHosted, poolType, size: 0 };
  return { id: queueIdOf(id), projectId: call.world.state.projectId, name, pool: reference };
}
