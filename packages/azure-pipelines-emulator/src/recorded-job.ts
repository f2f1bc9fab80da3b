import { finishRequest, queueRequest } from './requests.js';
import type { World } from './world.js';

/**
 * Records a job as given to an agent, taken by it and done well, all at this moment: for agents of a measurement that open
 * no session. Throws when no agent has that name.
 */
export function recordJob(world: World, agentName: string): void {
  const agent = [...world.state.agents.values()].find(({ name }) => name === agentName);
  if (agent === undefined) throw new Error(`record a job: the emulator has no agent "${agentName}"`);
  const request = queueRequest(world, { name: 'recorded', pool: world.poolOf(agent).name, steps: [] });
  const now = world.clock.now();
  agent.assignedRequestId = request.id;
  Object.assign(request, { agentId: agent.id, agentName, assignedAt: now, receivedAt: now, startedAt: now });
  finishRequest(world, request, 'succeeded');
}
