import type { Pool, State } from '../state.js';
import { isoTime } from './json.js';

/** Writes an agent pool as `TaskAgentPool`. */
export function taskAgentPool(state: State, pool: Pool): object {
  const owner = { id: state.instanceId, displayName: 'Emulated Administrator' };
  return {
    id: pool.id,
    name: pool.name,
    scope: state.instanceId,
    isHosted: pool.keptFor === 'hosted',
    poolType: poolTypeOf(pool),
    size: [...state.agents.values()].filter(agent => agent.poolId === pool.id).length,
    isLegacy: false,
    options: pool.keptFor === 'elastic' ? 'elasticPool' : 'none',
    createdOn: isoTime(pool.createdAt),
    autoProvision: false,
    autoUpdate: pool.autoUpdate,
    autoSize: true,
    createdBy: owner,
    owner,
    properties: {},
  };
}

/** What sort of jobs it is for. */
export function poolTypeOf({ keptFor }: Pool): 'automation' | 'deployment' {
  return keptFor === 'deployment' ? 'deployment' : 'automation';
}
