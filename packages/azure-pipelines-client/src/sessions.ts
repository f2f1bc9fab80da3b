/**
 * Sessions of agents: an agent is online while it has one. They belong to the agent, so these calls want a client whose
 * token is the agent's own. Source: `Sessions` of the `taskAgent` document.
 */

import type { CallOptions } from './call.js';
import { isString, parseObject } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgentReference, TaskAgentSession } from './wire.js';

/** What opens a session. */
export interface NewSession {
  /** Name of the machine that listens; the service shows it to whoever wants a second session. */
  readonly ownerName: string;
  readonly agent: TaskAgentReference;
}

export interface Sessions {
  /** Opens a session; `conflict` while the agent has another. Its agent is online from then on. */
  open(poolId: number, session: NewSession, options?: CallOptions): Promise<TaskAgentSession>;
  /** Closes a session; `not-found` when it has ended. Its agent is offline from then on. */
  close(poolId: number, sessionId: string, options?: CallOptions): Promise<void>;
}

const apiVersion = '7.0';
const noSession = '00000000-0000-0000-0000-000000000000';

/** Binds the session calls to a connection. */
export function sessionsOf(transport: Transport): Sessions {
  return {
    open: async (poolId, session, options) => {
      const path = 'distributedtask/pools/{pool}/sessions';
      const body = { sessionId: noSession, ...session };
      const attempt = `open a session for the agent "${session.agent.name ?? session.agent.id}" of pool ${poolId}`;
      const answer = await transport.send(
        { method: 'POST', path, params: { pool: poolId }, body, apiVersion, attempt },
        options,
      );
      return parseObject<TaskAgentSession>('session', { sessionId: isString }, answer);
    },
    close: async (poolId, sessionId, options) => {
      const path = 'distributedtask/pools/{pool}/sessions/{session}';
      const params = { pool: poolId, session: sessionId };
      const attempt = `close a session of pool ${poolId}`;
      await transport.send({ method: 'DELETE', path, params, apiVersion, attempt, mayBeEmpty: true }, options);
    },
  };
}
