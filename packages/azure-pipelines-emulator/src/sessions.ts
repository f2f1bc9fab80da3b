/** The sessions of listeners. An agent is online as long as it has one. */
import { randomUUID } from 'node:crypto';
import { Bell } from './bell.js';
import { makeSessionKey } from './encryption.js';
import { AzureError } from './errors.js';
import { requeue } from './requests.js';
import type { Agent, Session } from './state.js';
import { type JsonObject, textMapOf, textOf, toObject } from './wire/json.js';
import type { World } from './world.js';

/** Opens a session for an agent, takes over its version and capabilities, and shows it online. */
export function openSession(world: World, agent: Agent, body: JsonObject): Session {
  const pool = world.poolOf(agent);
  if (agent.session !== undefined) {
    throw new AzureError(
      409,
      'TaskAgentSessionConflictException',
      `The agent ${agent.name} already has an active session for owner ${agent.session.ownerName}.`,
    );
  }
  const sent = toObject(body.agent);
  const now = world.clock.now();
  const session: Session = {
    id: randomUUID(),
    agentId: agent.id,
    poolId: pool.id,
    ownerName: textOf(body, 'ownerName') ?? '',
    key: world.settings.encryptMessages && agent.identity !== undefined ? makeSessionKey() : undefined,
    bell: new Bell(),
    messages: [],
    leaving: false,
    openPolls: 0,
    lastPollAt: now,
  };
  agent.version = textOf(sent, 'version') ?? agent.version;
  agent.osDescription = textOf(sent, 'osDescription') ?? agent.osDescription;
  agent.systemCapabilities = textMapOf(body, 'systemCapabilities') ?? agent.systemCapabilities;
  agent.session = session;
  agent.onlineAt = now;
  world.state.sessions.set(session.id, session);
  world.emit({ kind: 'agent-online', at: now, pool: pool.name, agentId: agent.id, agentName: agent.name });
  world.changed();
  return session;
}

/**
 * Ends a session that its agent closes: a job that the agent was given but never took waits for another agent again,
 * which is what a single-use agent counts on when it leaves a second job message undeleted.
 */
export function closeSession(world: World, session: Session): void {
  const agent = world.state.agents.get(session.agentId);
  dropSession(world, session);
  const request = world.state.requests.get(agent?.assignedRequestId ?? 0);
  if (agent !== undefined && request !== undefined && request.receivedAt === undefined) requeue(world, request, agent);
  world.changed();
}

/** Ends a session without a word to its agent; what the agent was given stays with it until the lock lapses. */
export function dropSession(world: World, session: Session): void {
  const agent = world.state.agents.get(session.agentId);
  world.state.sessions.delete(session.id);
  session.bell.ring();
  if (agent?.session !== session) return;
  const at = world.clock.now();
  agent.session = undefined;
  agent.offlineAt = at;
  world.emit({
    kind: 'agent-offline',
    at,
    pool: world.poolOf(agent).name,
    agentId: agent.id,
    agentName: agent.name,
  });
  world.changed();
}
