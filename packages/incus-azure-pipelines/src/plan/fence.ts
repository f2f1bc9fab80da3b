import type { Action } from '../model/action.js';
import type { Agent, Registration } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';

/**
 * One job per registration: an agent that took a job is disabled, so that it can never be handed a second one. Its guest says
 * that the job is over before a reading does, and a short one no reading may have shown at all: for this its word is enough.
 */
export function* fence(agent: Agent, { disabled }: Observed): Generator<Action> {
  const registration = knownValue(agent.registration);
  if (registration === undefined) yield* fenceUnseen(agent, disabled);
  if (!registration?.enabled) return;
  if (registration.assigned?.received) yield disable(agent, registration, 'has its one job');
  else if (agent.life.requestId !== undefined) yield disable(agent, registration, 'has had its one job');
  else if (agent.life.saidFinished && !agent.life.disbelieved)
    yield disable(agent, registration, 'says that it is finished');
}

/** The life of an agent may be over before a reading shows its registration; the id that the host registered it under is enough. */
function* fenceUnseen(agent: Agent, disabled: Observed['disabled']): Generator<Action> {
  const { deregistered, disbelieved, registeredAs, saidFinished } = agent.life;
  if (registeredAs === undefined || deregistered || disabled.has(agent.name)) return;
  if (agent.registration.known && saidFinished && !disbelieved)
    yield disable(agent, { agentId: registeredAs }, 'says that it is finished');
}

/** Keeps Azure from handing the agent a job. */
export function disable(
  { agentPool = '', name, pool }: Agent,
  { agentId }: Pick<Registration, 'agentId'>,
  reason: string,
): Action {
  return { kind: 'disable-agent', pool, name, agentId, agentPool, reason };
}
