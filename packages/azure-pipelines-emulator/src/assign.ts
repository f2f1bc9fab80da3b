/** Which waiting job goes to which agent. Pure: it decides, others act. */
import { type Capabilities, mergeCapabilities, unmetDemands } from 'azure-pipelines-client/demands';

/** What of an agent matters when jobs are given out. */
export interface Candidate {
  readonly id: number;
  readonly poolId: number;
  readonly enabled: boolean;
  readonly maxParallelism: number;
  readonly session?: { readonly leaving: boolean } | undefined;
  readonly assignedRequestId?: number | undefined;
  readonly onlineAt?: number | undefined;
  readonly systemCapabilities: Capabilities;
  readonly userCapabilities: Capabilities;
}

/** What of a job request matters when jobs are given out. */
export interface WaitingRequest {
  readonly id: number;
  readonly poolId: number;
  readonly demands: readonly string[];
}

/** One job for one agent. */
export interface Assignment {
  readonly requestId: number;
  readonly agentId: number;
}

/**
 * Pairs waiting requests, oldest first, with agents of their pool that are free: online, enabled, allowed at least one
 * job, without a job, and not about to leave. Of several the one that has been online longest is taken. No more than `most`.
 */
export function assignments(
  waiting: readonly WaitingRequest[],
  agents: readonly Candidate[],
  most = Number.POSITIVE_INFINITY,
): readonly Assignment[] {
  const free = agents.filter(isFree).sort((a, b) => (a.onlineAt ?? 0) - (b.onlineAt ?? 0) || a.id - b.id);
  if (free.length === 0) return [];
  const pairs: Assignment[] = [];
  for (const request of [...waiting].sort((a, b) => a.id - b.id)) {
    if (pairs.length >= most) break;
    const index = free.findIndex(agent => agent.poolId === request.poolId && satisfies(agent, request.demands));
    const [agent] = index < 0 ? [] : free.splice(index, 1);
    if (agent !== undefined) pairs.push({ requestId: request.id, agentId: agent.id });
  }
  return pairs;
}

/** Says whether an agent, online or not, meets all demands. */
export function satisfies(
  agent: Pick<Candidate, 'systemCapabilities' | 'userCapabilities'>,
  demands: readonly string[],
): boolean {
  return unmetDemands(mergeCapabilities(agent.systemCapabilities, agent.userCapabilities), demands).length === 0;
}

function isFree(agent: Candidate): boolean {
  return (
    agent.enabled &&
    agent.maxParallelism > 0 &&
    agent.assignedRequestId === undefined &&
    agent.session !== undefined &&
    !agent.session.leaving
  );
}
