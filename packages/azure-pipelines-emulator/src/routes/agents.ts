/** Registrations, as the organisation sees and changes them. */
import { satisfies } from '../assign.js';
import { accessDenied } from '../errors.js';
import { pushMessage } from '../messages.js';
import { addAgent, deleteAgent, patchAgent, replaceAgent, setUserCapabilities } from '../registrations.js';
import { agentIn, type Call, idOf, json, jsonList, noContent, poolIn, type Route, readBody } from '../route.js';
import type { Agent } from '../state.js';
import { textMapOf, textOf, toObject } from '../wire/json.js';
import { type AgentInclusions, registeredTaskAgent, taskAgent } from '../wire/task-agent.js';

const POOL = '/_apis/distributedtask/pools/{poolId}';
const AGENT = `${POOL}/agents/{agentId}`;
const callers = ['organisation'] as const;

/** Routes of registrations. */
export const agentRoutes: readonly Route[] = [
  { method: 'GET', template: `${POOL}/agents`, callers, answer: list },
  { method: 'GET', template: AGENT, callers, answer: call => json(shown(call, named(call))) },
  { method: 'POST', template: `${POOL}/agents`, callers, answer: add },
  { method: 'PUT', template: AGENT, callers, answer: replace },
  { method: 'PATCH', template: AGENT, callers, answer: patch },
  { method: 'DELETE', template: AGENT, callers, answer: remove },
  { method: 'PUT', template: `${AGENT}/usercapabilities`, callers, answer: putUserCapabilities },
  { method: 'PUT', template: `${AGENT}/updates`, callers: ['agent'], answer: reportUpdate },
  { method: 'POST', template: `${POOL}/messages`, callers, answer: refresh },
];

function list(call: Call): Response {
  const pool = poolIn(call);
  const name = call.query.get('agentName')?.toLowerCase();
  const demands = call.query.get('demands')?.split(',').filter(Boolean) ?? [];
  const found = [...call.world.state.agents.values()]
    .filter(agent => agent.poolId === pool.id)
    .filter(agent => name === undefined || agent.name.toLowerCase() === name)
    .filter(agent => satisfies(agent, demands));
  return jsonList(found.map(agent => shown(call, agent)));
}

async function add(call: Call): Promise<Response> {
  return registered(call, addAgent(call.world, poolIn(call), await readBody(call)));
}

async function replace(call: Call): Promise<Response> {
  const body = await readBody(call);
  const keyed = textOf(toObject(toObject(body.authorization).publicKey), 'modulus') !== undefined;
  const agent = replaceAgent(call.world, named(call), body);
  return keyed ? registered(call, agent) : json(shown(call, agent));
}

async function patch(call: Call): Promise<Response> {
  const body = await readBody(call);
  return json(shown(call, patchAgent(call.world, named(call), body)));
}

function remove(call: Call): Response {
  deleteAgent(call.world, named(call));
  return noContent();
}

async function putUserCapabilities(call: Call): Promise<Response> {
  const capabilities = textMapOf({ sent: await readBody(call) }, 'sent') ?? {};
  const agent = named(call);
  setUserCapabilities(call.world, agent, capabilities);
  return json(taskAgent(call.world, agent, { ...inclusions(call), capabilities: true }));
}

/** An agent that updates itself reports its progress; nothing depends on it. */
function reportUpdate(call: Call): Response {
  const agent = named(call);
  if (call.caller.kind === 'agent' && call.caller.agentId !== agent.id) throw accessDenied('report for another agent');
  return json(shown(call, agent));
}

/** Asks one agent, or all of a pool, to update itself to the version of the served package. */
function refresh(call: Call): Response {
  const { world } = call;
  const pool = poolIn(call);
  const only = call.query.get('agentId');
  const targetVersion = world.settings.agentPackage?.version;
  for (const agent of world.state.agents.values()) {
    if (agent.poolId !== pool.id || agent.session === undefined || targetVersion === undefined) continue;
    if (only !== null && agent.id !== Number(only)) continue;
    const body = JSON.stringify({ agentId: agent.id, timeout: '01:00:00', targetVersion });
    pushMessage(world, agent.session, { type: 'AgentRefresh', body });
  }
  return new Response(null, { status: 200 });
}

function named(call: Call): Agent {
  return agentIn(call, poolIn(call), idOf(call, 'agentId'));
}

function shown(call: Call, agent: Agent): object {
  return taskAgent(call.world, agent, inclusions(call));
}

function registered(call: Call, agent: Agent): Response {
  return json(registeredTaskAgent(call.world, agent, !call.world.settings.omitAuthorization));
}

function inclusions(call: Call): AgentInclusions {
  const asked = (name: string) => call.query.get(name)?.toLowerCase() === 'true';
  return {
    capabilities: asked('includeCapabilities'),
    assignedRequest: asked('includeAssignedRequest'),
    lastCompletedRequest: asked('includeLastCompletedRequest'),
  };
}
