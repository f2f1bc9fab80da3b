import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { Alarm } from './alarm.js';
import { drainOnRequest, reap } from './reap.js';

const REASON = 'its pool is not in the configuration any more';

/** The agents of pools that are not in the configuration any more, or are for another agent pool now. */
export function removedAgents(desired: readonly PoolSpec[], agents: readonly Agent[]): Agent[] {
  const names = new Set(desired.map(spec => spec.name));
  return agents.filter(agent => !names.has(agent.pool));
}

/**
 * Ends what removed pools have left. What is not activated is deleted. An agent is drained like any other, with the same
 * proof, where a configured pool reads its agent pool. Else nothing is known of its jobs: it is left to end by itself.
 */
export function* endRemoved(
  desired: readonly PoolSpec[],
  agents: readonly Agent[],
  observed: Observed,
  alarm: Alarm,
): Generator<Action> {
  for (const agent of removedAgents(desired, agents)) {
    // The deadlines of its own pool are gone with it; what a person has said of the jobs of another is not for its jobs.
    const other = desired.find(({ azure }) => azureKey(azure) === agent.agentPool) ?? desired[0];
    if (other === undefined) return;
    const spec = { ...other, timeouts: { ...other.timeouts, maxJobMs: undefined } };
    yield* drainOnRequest(agent, REASON, alarm);
    if (agent.phase !== 'idle') yield* reap(spec, agent, observed, alarm);
  }
}
