import type { Agent } from '../state.js';
import type { World } from '../world.js';

/** Writes a registration as `TaskAgentReference`, the short form that stands within other answers. */
export function taskAgentReference(world: World, agent: Agent): object {
  const { publicUrl } = world;
  return {
    _links: {
      self: { href: `${publicUrl}/_apis/distributedtask/pools/${agent.poolId}/agents/${agent.id}` },
      web: { href: `${publicUrl}/_settings/agentpools?view=jobs&poolId=${agent.poolId}&agentId=${agent.id}` },
    },
    id: agent.id,
    name: agent.name,
    version: agent.version,
    osDescription: agent.osDescription,
    accessPoint: 'CodexAccessMapping',
    provisioningState: 'Provisioned',
    enabled: agent.enabled,
    status: agent.session === undefined ? 'offline' : 'online',
  };
}
