/** Ways to plant a bug in the planner. */
import type { Action } from '../../src/model/action.js';
import type { Agent, AgentPhase, BaseRecord } from '../../src/model/agent.js';
import type { Observed } from '../../src/model/observed.js';
import { knownValue, type Reading } from '../../src/model/reading.js';
import { plan } from '../../src/plan/plan.js';
import type { Planner } from './promises.js';

/** The real plan, decided on a falsified picture. */
export function seeing(falsify: (observed: Observed, now: number) => Observed): Planner {
  return (desired, observed, now, options) => plan(desired, falsify(observed, now), now, options);
}

export function seeingAgents(falsify: (agents: readonly Agent[], observed: Observed) => readonly Agent[]): Planner {
  return seeing(observed => {
    const { agents } = observed;
    return agents.known ? { ...observed, agents: { ...agents, value: falsify(agents.value, observed) } } : observed;
  });
}

/** The real plan, with something added to it or taken away. */
export function doing(change: (actions: readonly Action[], agents: readonly Agent[]) => Action[]): Planner {
  return (desired, observed, now, options) => {
    const real = plan(desired, observed, now, options);
    const taken = new Set(observed.inFlight.map(action => ('name' in action ? action.name : '')));
    const free = (knownValue(observed.agents) ?? []).filter(agent => !taken.has(agent.name));
    return { ...real, actions: change(real.actions, free) };
  };
}

/** The real plan, and an action of ours for every agent that has been in its phase for so long. */
export function adding(phase: AgentPhase, afterMs: number, choose: (agent: Agent) => Action | undefined): Planner {
  return (desired, observed, now, options) => {
    const due = (agent: Agent) => agent.since + afterMs;
    const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.phase === phase);
    const mutated = doing((actions, free) => {
      const added = free.flatMap(agent => (agent.phase === phase && due(agent) <= now ? (choose(agent) ?? []) : []));
      const names = new Set(added.map(action => ('name' in action ? action.name : '')));
      return [...actions.filter(action => !('name' in action && names.has(action.name))), ...added];
    })(desired, observed, now, options);
    const wakeAt = Math.min(mutated.wakeAt ?? Number.POSITIVE_INFINITY, ...agents.map(due).filter(at => at > now));
    return { ...mutated, wakeAt: wakeAt === Number.POSITIVE_INFINITY ? undefined : wakeAt };
  };
}

export function changed<T>(reading: Reading<readonly T[]>, change: (value: T) => T): Reading<readonly T[]> {
  return reading.known ? { ...reading, value: reading.value.map(change) } : reading;
}

export function prove(base: BaseRecord): BaseRecord {
  return { ...base, provenFor: [...base.provenFor, base.pool] };
}

export function forget(base: BaseRecord): BaseRecord {
  return { ...base, provenFor: [] };
}

export function withoutIds({ instance, ...agent }: Agent): Agent {
  return { ...agent, instance: instance && { ...instance, idsFrom: undefined } };
}

export function deletion({ name, pool }: Agent): Action {
  return { kind: 'delete-instance', pool, name, reason: 'planted' };
}

export function deregistration({ agentPool = '', name, pool, registration }: Agent): Action | undefined {
  const agentId = knownValue(registration)?.agentId;
  if (agentId === undefined) return undefined;
  return { kind: 'delete-registration', pool, name, agentId, agentPool, reason: 'planted' };
}

export function disabling({ agentPool = '', name, pool, registration }: Agent, reason: string): Action | undefined {
  const agentId = knownValue(registration)?.agentId;
  if (agentId === undefined) return undefined;
  return { kind: 'disable-agent', pool, name, agentId, agentPool, reason };
}
