import type { Action } from '../src/model/action.js';
import type { Agent } from '../src/model/agent.js';
import type { Observed } from '../src/model/observed.js';
import { Alarm } from '../src/plan/alarm.js';
import { reap } from '../src/plan/reap.js';
import { anObserved, aPool, NOW } from './simulation/examples.js';

interface Reaped {
  readonly actions: readonly Action[];
  readonly wakeAt: number | undefined;
}

/** What an agent of the example pool needs by itself, and when to look again. */
export function reaped(agent: Agent, given: Partial<Observed> = {}): Reaped {
  const alarm = new Alarm(NOW);
  const actions = [...reap(aPool(), agent, anObserved([agent], given), alarm)];
  return { actions, wakeAt: alarm.at };
}

/** The kinds of these actions. */
export function reapedKinds(agent: Agent, given: Partial<Observed> = {}): string[] {
  return reaped(agent, given).actions.map(action => action.kind);
}
