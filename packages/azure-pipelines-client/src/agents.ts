/** Registrations of agents. Source: `Agents` of the `taskAgent` document. */

import type { Call, CallOptions } from './call.js';
import { isNumber, isString, parseList, parseObject } from './parse.js';
import type { Transport } from './transport.js';
import type { TaskAgent, TaskAgentPublicKey } from './wire.js';

export interface AgentDetails {
  readonly includeCapabilities?: boolean | undefined;
  /** Without it no agent shows whether it is busy. */
  readonly includeAssignedRequest?: boolean | undefined;
  readonly includeLastCompletedRequest?: boolean | undefined;
}

export interface AgentFilter {
  /** Exact name. */
  readonly agentName?: string | undefined;
}

/** What registers an agent; `maxParallelism` is always 1. */
export interface NewAgent {
  readonly name: string;
  /** Of the agent's release, such as `4.275.0`. */
  readonly version: string;
  readonly osDescription?: string | undefined;
  readonly enabled?: boolean | undefined;
  /** With a key of ours the answer carries what the agent needs to sign in; without, it can never go online. */
  readonly authorization?: { readonly publicKey: TaskAgentPublicKey } | undefined;
  readonly systemCapabilities?: Readonly<Record<string, string>> | undefined;
}

/** What a patch may change. The server wants the name beside the id. */
export interface AgentPatch {
  readonly id: number;
  readonly name: string;
  readonly enabled?: boolean | undefined;
}

export interface Agents {
  /** Lists the agents of a pool, those offline included. */
  list(poolId: number, options?: AgentDetails & AgentFilter & CallOptions): Promise<readonly TaskAgent[]>;
  /** Reads one agent; `not-found` when it is gone. */
  get(poolId: number, agentId: number, options?: AgentDetails & CallOptions): Promise<TaskAgent>;
  /** Registers an agent; `conflict` when the name is taken. Only this answer holds `authorization`. */
  create(poolId: number, agent: NewAgent, options?: CallOptions): Promise<TaskAgent>;
  /** Registers an agent anew in the place of one, whose capabilities are replaced too; `not-found` when that is gone. */
  replace(poolId: number, agentId: number, agent: NewAgent, options?: CallOptions): Promise<TaskAgent>;
  /** Changes an agent; `not-found` when it is gone. */
  patch(poolId: number, agent: AgentPatch, options?: CallOptions): Promise<TaskAgent>;
  /** Replaces the capabilities that a person gives an agent; those that it finds itself are others. */
  setUserCapabilities(
    poolId: number,
    agentId: number,
    capabilities: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<TaskAgent>;
  /** Deletes a registration; `not-found` when it is gone, `busy` when the server refuses because of a job. */
  delete(poolId: number, agentId: number, options?: CallOptions): Promise<void>;
}

const all = 'distributedtask/pools/{pool}/agents';
const one = 'distributedtask/pools/{pool}/agents/{agent}';
const apiVersion = '7.0';
// A body without it has been seen to set it to 0, and such an agent gets no job any more.
const maxParallelism = 1;

const shape = {
  id: isNumber,
  name: isString,
  status: (value: unknown) => value === 'online' || value === 'offline',
};

/** Binds the agent calls to a connection. */
export function agentsOf(transport: Transport): Agents {
  const sendForOne = async (call: Call, options: CallOptions | undefined) =>
    parseObject<TaskAgent>('agent', shape, await transport.send(call, options));
  return {
    list: async (poolId, options) => {
      const query = { agentName: options?.agentName, ...detailsQuery(options) };
      const attempt = `list the agents of pool ${poolId}`;
      const call: Call = { method: 'GET', path: all, params: { pool: poolId }, query, apiVersion, attempt };
      return parseList<TaskAgent>('agent', shape, await transport.send(call, options));
    },
    get: (poolId, agentId, options) => {
      const params = { pool: poolId, agent: agentId };
      const attempt = `read agent ${agentId} of pool ${poolId}`;
      return sendForOne(
        { method: 'GET', path: one, params, query: detailsQuery(options), apiVersion, attempt },
        options,
      );
    },
    create: (poolId, agent, options) => {
      const body = { enabled: true, provisioningState: 'Provisioned', ...agent, maxParallelism };
      const attempt = `register the agent "${agent.name}" in pool ${poolId}`;
      return sendForOne({ method: 'POST', path: all, params: { pool: poolId }, body, apiVersion, attempt }, options);
    },
    replace: (poolId, agentId, agent, options) => {
      const params = { pool: poolId, agent: agentId };
      const body = { enabled: true, provisioningState: 'Provisioned', ...agent, id: agentId, maxParallelism };
      const attempt = `replace the agent "${agent.name}" (${agentId}) of pool ${poolId}`;
      return sendForOne({ method: 'PUT', path: one, params, body, apiVersion, attempt }, options);
    },
    patch: (poolId, agent, options) => {
      const params = { pool: poolId, agent: agent.id };
      const attempt = `change the agent "${agent.name}" (${agent.id}) of pool ${poolId}`;
      const body = { ...agent, maxParallelism };
      return sendForOne({ method: 'PATCH', path: one, params, body, apiVersion, attempt }, options);
    },
    setUserCapabilities: (poolId, agentId, body, options) => {
      const params = { pool: poolId, agent: agentId };
      const attempt = `give agent ${agentId} of pool ${poolId} its capabilities`;
      const path = `${one}/usercapabilities`;
      return sendForOne({ method: 'PUT', path, params, body, apiVersion, attempt }, options);
    },
    delete: async (poolId, agentId, options) => {
      const params = { pool: poolId, agent: agentId };
      const attempt = `delete agent ${agentId} of pool ${poolId}`;
      const rules = { refusal: 'busy', mayBeEmpty: true } as const;
      await transport.send({ method: 'DELETE', path: one, params, apiVersion, attempt, ...rules }, options);
    },
  };
}

function detailsQuery(details: AgentDetails | undefined): NonNullable<Call['query']> {
  return {
    includeCapabilities: details?.includeCapabilities,
    includeAssignedRequest: details?.includeAssignedRequest,
    includeLastCompletedRequest: details?.includeLastCompletedRequest,
  };
}
