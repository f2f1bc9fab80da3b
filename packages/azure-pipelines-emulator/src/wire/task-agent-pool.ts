import type { Pool, State } from '../state.js';
import { isoTime } from './json.js';

/** Writes an agent pool as `TaskAgentPool`. */
export function taskAgentPool(state: State, pool: Pool): object {
  const owner = { id: state.instanceId, displayName: 'Emulated Administrator' };
  return {
    id: pool.id,
    name: pool.name,
    scope: state.instanceId,
    isHosted: pool.keptBy === 'hosted',
    poolType: 'automation',
    size: [...state.agents.values()].filter(agent => agent.poolId === pool.id).length,
    isLegacy: false,
    options: pool.keptBy === 'elastic' ? 'elasticPool' : 'none',
    createdOn: isoTime(pool.createdAt),
    autoProvision: false,
    autoUpdate: pool.autoUpdate,
    autoSize: true,
    createdBy: owner,
    owner,
    properties: {},
  };
}
