import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { NOT_PREPARED } from './reap.js';

/**
 * An action, or, before a guest that runs is deleted for its own sake, the reading of its log: nothing else tells why it never
 * came online, was lost or hung. It is tried once, and what is to be deleted then goes whatever came of it.
 */
export function lastLinesFirst(action: Action, observed: Observed): Action {
  if (action.kind !== 'delete-instance') return action;
  const { name, pool, reason } = action;
  const agent = knownValue(observed.agents)?.find(known => known.name === name);
  const isRead = observed.collected.has(name) || observed.failures.has(`collect-log/${name}`);
  if (agent === undefined || isRead || !canTell(agent, reason)) return action;
  return { kind: 'collect-log', pool, name, reason: `is to be deleted: ${reason}` };
}

/** A guest that has not been activated has nothing to tell, unless it was not prepared in time. */
function canTell({ instance }: Agent, reason: string): boolean {
  const runs = instance?.status === 'running' || instance?.status === 'ready';
  return runs && (instance.activatedAt !== undefined || reason === NOT_PREPARED);
}
