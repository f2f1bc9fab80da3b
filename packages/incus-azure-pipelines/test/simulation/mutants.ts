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

export const mutants: readonly Mutant[] = [
  { bug: 'enables before the mark is gone', brain: reversed('enable-agent') },
  { bug: 'goes on though guests are of no use', brain: { join, plan, vainEnds: () => [] } },
  ...Object.entries(planners).map(([bug, planner]) => ({ bug, brain: { join, plan: planner } })),
  ...Object.entries(joins).map(([bug, mutated]) => ({ bug, brain: { join: mutated, plan } })),
];
