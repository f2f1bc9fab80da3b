import type { ActionKind } from '../../src/model/action.js';
import { join } from '../../src/observe/join.js';
import { plan } from '../../src/plan/plan.js';
import type { Brain } from './brain.js';
import { deedOf } from './deeds.js';
import { joins } from './join-mutants.js';
import { forPlaceholders } from './placeholder-mutants.js';
import { planners } from './planner-mutants.js';
import { shares } from './queue-mutants.js';
import { roomPlanners } from './room-mutants.js';

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
  'enables before the mark is gone': 14,
  'takes an unread Azure for an empty one': 15,
  'lets somebody keep the key of a job': 9,
  'leaves what is offline': 69,
  'takes every base for one that works': 9,
  'forgets who has user ids while it is being activated': 37,
  'goes on though guests are of no use': 400,
  'tries a base without a pause': 26,
  'gives up all that share user ids': 6,
  'keeps the surplus': 5,
  'takes a list that is behind for the end of a job': 6,
  'believes a finished guest for ever': 3,
  'takes the calm before it was enabled for a proof': 23,
  'proves a drain by what was read while it was disabled': 23,
  'looks for agents by the name of an agent pool': 87,
  'counts a request for each pool that could take it': 21,
  'leaves placeholders that no pool wants': 1740,
  'overlooks what waits where pools share an agent pool': 827,
  'gives agents up for another base while the queue is not known': 43,
  'gives up an agent for one that tries a base though a place is free': 14,
};

export const mutants: readonly Mutant[] = [
  { bug: 'enables before the mark is gone', brain: reversed('enable-agent') },
  { bug: 'goes on though guests are of no use', brain: { join, plan, vainEnds: () => [] } },
  ...Object.entries({ ...planners, ...roomPlanners, ...forPlaceholders }).map(([bug, planner]) => ({
    bug,
    brain: { join, plan: planner },
  })),
  ...Object.entries(shares).map(([bug, shareQueue]) => ({ bug, brain: { join, plan, shareQueue } })),
  ...Object.entries(joins).map(([bug, mutated]) => ({ bug, brain: { join: mutated, plan } })),
];
