import type { ActionKind } from '../../src/model/action.js';
import { join } from '../../src/observe/join.js';
import { plan } from '../../src/plan/plan.js';
import type { Brain } from './brain.js';
import { deedOf } from './deeds.js';
import { joins } from './join-mutants.js';
import { planners } from './planner-mutants.js';

/** A bug that is planted on purpose: the simulation is worth something only if it finds each. */
export interface Mutant {
  readonly bug: string;
  readonly brain: Brain;
}

/** The steps of an executor in the wrong order. */
function reversed(kind: ActionKind): Brain {
  return {
    join,
    plan,
    deedOf: (action, world, now) => {
      const deed = deedOf(action, world, now);
      return action.kind === kind ? { ...deed, steps: deed.steps.toReversed() } : deed;
    },
  };
}

/** Seeds of worlds that are known to catch what most worlds never meet. One that does so no more costs a search. */
export const KNOWN_WORLDS: Readonly<Record<string, number>> = {
  'lets somebody keep the key of a job': 28,
  'leaves what is offline': 37,
  'goes on though guests are of no use': 384,
  'takes every base for one that works': 50,
  'tries a base without a pause': 29,
  'gives up all that share user ids': 25,
  'keeps the surplus': 327,
  'takes a list that lacks an agent for its end': 74,
  'takes a list that is behind for the end of a job': 94,
  'trusts the clock that marked an activation': 35,
  'takes an activation that drags on for a finished agent': 55,
  'proves a drain by what was read while it was disabled': 73,
  'looks for agents by the name of an agent pool': 340,
};

export const mutants: readonly Mutant[] = [
  { bug: 'enables before the mark is gone', brain: reversed('enable-agent') },
  { bug: 'goes on though guests are of no use', brain: { join, plan, vainEnds: () => [] } },
  ...Object.entries(planners).map(([bug, planner]) => ({ bug, brain: { join, plan: planner } })),
  ...Object.entries(joins).map(([bug, mutated]) => ({ bug, brain: { join: mutated, plan } })),
];
