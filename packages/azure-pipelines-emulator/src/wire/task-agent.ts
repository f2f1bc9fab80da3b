import type { Agent } from '../state.js';
import type { World } from '../world.js';
import { isoTime } from './json.js';
import { taskAgentJobRequest } from './task-agent-job-request.js';
import { taskAgentReference } from './task-agent-reference.js';

/** What an answer about an agent is to hold beyond the plain record. */
export interface AgentInclusions {
  readonly capabilities: boolean;
  readonly assignedRequest: boolean;
  readonly lastCompletedRequest: boolean;
}

/** Writes a registration as `TaskAgent`, without what its agent signs in with. */
export function taskAgent(world: World, agent: Agent, include: AgentInclusions): object {
  const request = (id: number | undefined) => {
    const found = world.state.requests.get(id ?? 0);
    return found === undefined ? undefined : taskAgentJobRequest(world, found);
  };
  return {
    ...taskAgentReference(world, agent),
    maxParallelism: agent.maxParallelism,
    createdOn: isoTime(agent.createdAt),
    statusChangedOn: isoTime(agent.session === undefined ? agent.offlineAt : agent.onlineAt),
    properties: {},
    systemCapabilities: include.capabilities ? agent.systemCapabilities : undefined,
    userCapabilities: include.capabilities ? agent.userCapabilities : undefined,
    assignedRequest: include.assignedRequest ? request(agent.assignedRequestId) : undefined,
    lastCompletedRequest: include.lastCompletedRequest ? request(agent.lastCompletedRequestId) : undefined,
  };
}

/** Writes the answer to a registration: the only one that says how the agent signs in, and where its server is. */
export function registeredTaskAgent(world: World, agent: Agent, withAuthorization: boolean): object {
  const { identity } = agent;
  const plain = taskAgent(world, agent, { capabilities: true, assignedRequest: false, lastCompletedRequest: false });
  const key = identity?.publicKey.export({ format: 'jwk' });
  const base64 = (text: string | undefined) => Buffer.from(text ?? '', 'base64url').toString('base64');
  return {
    ...plain,
    properties: { ServerUrl: { $type: 'System.String', $value: `${world.publicUrl}/` } },
    authorization:
      identity === undefined || !withAuthorization
        ? undefined
        : {
            clientId: identity.clientId,
            authorizationUrl: tokenUrl(world),
            publicKey: { exponent: base64(key?.e), modulus: base64(key?.n) },
          },
  };
}

/** Where agents exchange assertions for tokens, and the audience that their assertions must name. */
export function tokenUrl(world: World): string {
  const url = `${world.publicUrl}/_apis/oauth2/token`;
  const { tokenOrigin } = world.settings;
  return tokenOrigin === undefined ? url : `${new URL(tokenOrigin).origin}${new URL(url).pathname}`;
}
