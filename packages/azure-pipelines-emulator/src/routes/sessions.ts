/** A listener's sessions and its messages. */
import { sealText, wrapSessionKey } from '../encryption.js';
import { AzureError, accessDenied, agentNotFound } from '../errors.js';
import { deleteMessage, pollMessage } from '../messages.js';
import { agentIn, type Call, idOf, json, noContent, poolIn, type Route, readBody } from '../route.js';
import { closeSession, openSession } from '../sessions.js';
import type { Agent, Session } from '../state.js';
import { numberOf, toObject } from '../wire/json.js';
import { taskAgentReference } from '../wire/task-agent-reference.js';

const POOL = '/_apis/distributedtask/pools/{poolId}';
const callers = ['agent'] as const;

/** Routes of sessions and messages. */
export const sessionRoutes: readonly Route[] = [
  { method: 'POST', template: `${POOL}/sessions`, callers, answer: open },
  { method: 'DELETE', template: `${POOL}/sessions/{sessionId}`, callers, answer: close },
  { method: 'GET', template: `${POOL}/messages`, callers, answer: poll },
  { method: 'DELETE', template: `${POOL}/messages/{messageId}`, callers, answer: remove },
];

async function open(call: Call): Promise<Response> {
  const body = await readBody(call);
  const agent = agentIn(call, poolIn(call), numberOf(toObject(body.agent), 'id') ?? Number.NaN);
  if (callingAgent(call) !== agent) throw accessDenied('listen for another agent');
  const session = openSession(call.world, agent, body);
  const { key } = session;
  const { identity } = agent;
  return json({
    sessionId: session.id,
    ownerName: session.ownerName,
    agent: taskAgentReference(call.world, agent),
    encryptionKey:
      key === undefined || identity === undefined
        ? undefined
        : { encrypted: true, value: wrapSessionKey(key, identity.publicKey) },
  });
}

function close(call: Call): Response {
  closeSession(call.world, liveSession(call, call.params.sessionId));
  return noContent();
}

/** Answers 202 without a body when nothing came within the hold time. */
async function poll(call: Call): Promise<Response> {
  const session = liveSession(call, call.query.get('sessionId'));
  const lastMessageId = Number(call.query.get('lastMessageId') ?? 0);
  const message = await pollMessage(call.world, session, lastMessageId, call.signal);
  if (!call.world.closing.signal.aborted) liveSession(call, session.id);
  if (message === undefined) return new Response(null, { status: 202 });
  const { id, type, body } = message;
  const content = session.key === undefined ? { body } : sealText(body, session.key);
  return json({ messageId: id, messageType: type, ...content });
}

function remove(call: Call): Response {
  deleteMessage(call.world, liveSession(call, call.query.get('sessionId')), idOf(call, 'messageId'));
  return noContent();
}

/** The agent whose token this is; 404 once its registration is gone. */
function callingAgent(call: Call): Agent {
  const id = call.caller.kind === 'agent' ? call.caller.agentId : Number.NaN;
  const agent = call.world.state.agents.get(id);
  if (agent === undefined) throw agentNotFound(id);
  return agent;
}

function liveSession(call: Call, id: string | null | undefined): Session {
  poolIn(call);
  const agent = callingAgent(call);
  const session = call.world.state.sessions.get(id?.toLowerCase() ?? '');
  if (session?.agentId === agent.id) return session;
  throw new AzureError(
    404,
    'TaskAgentSessionExpiredException',
    `The session ${id ?? ''} of ${agent.name} has expired.`,
  );
}
