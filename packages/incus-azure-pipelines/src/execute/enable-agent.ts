import type { Action } from '../model/action.js';
import { MARKS } from '../model/marks.js';
import { type ExecutorParts, poolOf } from './parts.js';

/** Both end well within ENABLING_MS. */
const INCUS_DEADLINE_MS = 8_000;
const AZURE_DEADLINE_MS = 10_000;

/**
 * Makes a member of the listening reserve an agent. Sources: `PATCH /1.0/instances/{name}`, `PATCH pools/{pool}/agents/{agent}`.
 *
 * The mark goes first. An agent that is enabled may be given a job at any instant, so it has to count as live before
 * Azure hears of it: whoever lists the instance after the first call sees an agent, whatever Azure shows. Should we die
 * between the two calls, what is left is a disabled agent without the mark: no job can reach it, it counts as live, and it
 * is drained as if a person had disabled it. That costs a boot, but no job and no place. The other way round, what is
 * left would be an agent at work that counts for nobody, beside another one in its place.
 *
 * The mark takes a new time of activation along. Readings of Azure that began less than ENABLING_MS after it, when the
 * second call may be under way, prove no more that the agent is disabled, and nor does the long calm before it.
 */
export async function enableAgent(
  action: Action<'enable-agent'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { azure, agentPoolId } = poolOf(parts, action.pool);
  const poolId = await agentPoolId(signal);
  const marks = { [MARKS.listening]: '', [MARKS.activated]: String(parts.clock.now()) };
  await parts.incus.instances.patch(action.name, { config: marks }, { signal, deadlineMs: INCUS_DEADLINE_MS });
  const patch = { id: action.agentId, name: action.name, enabled: true };
  await azure.agents.patch(poolId, patch, { signal, deadlineMs: AZURE_DEADLINE_MS });
}
