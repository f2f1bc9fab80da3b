import type { ActionKind, Plan } from '../src/model/action.js';
import type { Agent, AgentPhase } from '../src/model/agent.js';
import type { Failure, Observed } from '../src/model/observed.js';
import type { PoolSpec } from '../src/model/pool.js';
import { plan } from '../src/plan/plan.js';
import { anAgent, anObserved, NOW } from './simulation/examples.js';

/** The plan for one pool in which these agents are seen. */
export function planned(spec: PoolSpec, agents: readonly Agent[], given: Partial<Observed> = {}, limit = 10): Plan {
  return plan([spec], anObserved(agents, given), NOW, { maxConcurrentCreates: limit });
}

/** Names that an action of this kind is planned for. */
export function targets(result: Plan, kind: ActionKind): string[] {
  return result.actions.flatMap(action => (action.kind === kind && 'name' in action ? [action.name] : []));
}

export function count(result: Plan, kind: ActionKind): number {
  return result.actions.filter(action => action.kind === kind).length;
}

/** Agents in these phases, each with its own name. */
export function agentsIn(...phases: readonly AgentPhase[]): Agent[] {
  return phases.map((phase, n) => anAgent(n, phase));
}

/** A failure that is not to be tried again before `retryAt`. */
export function aFailure(retryAt: number): Failure {
  return { count: 1, retryAt, error: 'disk full' };
}
