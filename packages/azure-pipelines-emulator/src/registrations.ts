/** Agents' records: made, replaced, changed, deleted. */
import { randomUUID } from 'node:crypto';
import { readPublicKey } from './encryption.js';
import { AzureError, badRequest } from './errors.js';
import type { EmulatorEvent } from './events.js';
import { dropSession } from './sessions.js';
import { agentRecord } from './show.js';
import type { Agent, Pool } from './state.js';
import { flagOf, type JsonObject, numberOf, textMapOf, textOf, toObject } from './wire/json.js';
import type { World } from './world.js';

/** Adds a registration. Throws 409 when the pool has one of that name, 400 when the body has no name. */
export function addAgent(world: World, pool: Pool, body: JsonObject): Agent {
  const name = nameOf(body);
  refuseTaken(world, pool, name, undefined);
  const identity = readIdentity(world, body);
  world.state.lastAgentId += 1;
  const agent: Agent = {
    id: world.state.lastAgentId,
    poolId: pool.id,
    createdAt: world.clock.now(),
    ...describe(body, name),
    enabled: flagOf(body, 'enabled') ?? true,
    maxParallelism: numberOf(body, 'maxParallelism') ?? 1,
    userCapabilities: textMapOf(body, 'userCapabilities') ?? {},
    identity,
  };
  world.state.agents.set(agent.id, agent);
  announce(world, 'agent-registered', agent);
  world.changed();
  return agent;
}

/** Replaces a registration; a new key makes the old one worthless, with every token that was given for it. */
export function replaceAgent(world: World, agent: Agent, body: JsonObject): Agent {
  const name = nameOf(body);
  refuseTaken(world, world.poolOf(agent), name, agent);
  const identity = readIdentity(world, body);
  Object.assign(agent, describe(body, name));
  agent.enabled = flagOf(body, 'enabled') ?? agent.enabled;
  agent.maxParallelism = numberOf(body, 'maxParallelism') ?? 1;
  agent.userCapabilities = textMapOf(body, 'userCapabilities') ?? agent.userCapabilities;
  if (identity !== undefined) {
    revokeTokens(world, agent);
    agent.identity = identity;
  }
  announce(world, 'agent-changed', agent);
  world.changed();
  return agent;
}

/** Changes a registration. A body without `maxParallelism` sets it to 0, after which the agent is given no job. */
export function patchAgent(world: World, agent: Agent, body: JsonObject): Agent {
  agent.enabled = flagOf(body, 'enabled') ?? agent.enabled;
  agent.maxParallelism = numberOf(body, 'maxParallelism') ?? 0;
  announce(world, 'agent-changed', agent);
  world.changed();
  return agent;
}

/** Deletes a registration and ends its session. Throws while the agent has a job. */
export function deleteAgent(world: World, agent: Agent): void {
  const pool = world.poolOf(agent);
  if (agent.assignedRequestId !== undefined) {
    throw new AzureError(
      world.settings.busyDeleteStatus,
      'TaskAgentJobStillRunningException',
      `Agent "${agent.name}" is running a job for pool "${pool.name}"`,
    );
  }
  if (agent.session !== undefined) dropSession(world, agent.session);
  world.state.agents.delete(agent.id);
  world.state.deletedAgents.push({ ...agentRecord(pool, agent), deletedAt: world.clock.now() });
  announce(world, 'agent-deleted', agent);
  world.changed();
}

/** Replaces the capabilities that users gave an agent. */
export function setUserCapabilities(world: World, agent: Agent, capabilities: Readonly<Record<string, string>>): void {
  agent.userCapabilities = capabilities;
  announce(world, 'agent-changed', agent);
  world.changed();
}

function nameOf(body: JsonObject): string {
  const name = textOf(body, 'name');
  if (name === undefined) throw badRequest('The agent has no name.');
  return name;
}

function describe(body: JsonObject, name: string) {
  return {
    name,
    version: textOf(body, 'version') ?? '',
    osDescription: textOf(body, 'osDescription') ?? '',
    systemCapabilities: textMapOf(body, 'systemCapabilities') ?? {},
  };
}

function readIdentity(world: World, body: JsonObject): Agent['identity'] {
  const key = toObject(toObject(body.authorization).publicKey);
  const [exponent, modulus] = [textOf(key, 'exponent'), textOf(key, 'modulus')];
  if (exponent === undefined || modulus === undefined) return undefined;
  if (world.settings.refuseKeys) throw badRequest('This server accepts no public keys for agents.');
  try {
    return { clientId: randomUUID(), publicKey: readPublicKey(exponent, modulus) };
  } catch {
    throw badRequest('The public key of the agent cannot be read.');
  }
}

function refuseTaken(world: World, pool: Pool, name: string, owner: Agent | undefined): void {
  for (const agent of world.state.agents.values()) {
    if (agent.poolId !== pool.id || agent === owner || agent.name.toLowerCase() !== name.toLowerCase()) continue;
    const message = `Pool ${pool.id} already contains an agent with name ${name}.`;
    throw new AzureError(409, 'TaskAgentExistsException', message);
  }
}

function revokeTokens(world: World, agent: Agent): void {
  for (const [token, grant] of world.state.grants) {
    if (grant.kind === 'agent' && grant.agentId === agent.id) world.state.grants.delete(token);
  }
}

function announce(
  world: World,
  kind: Extract<EmulatorEvent['kind'], 'agent-registered' | 'agent-changed' | 'agent-deleted'>,
  agent: Agent,
): void {
  const at = world.clock.now();
  world.emit({ kind, at, pool: world.poolOf(agent).name, agentId: agent.id, agentName: agent.name });
}
