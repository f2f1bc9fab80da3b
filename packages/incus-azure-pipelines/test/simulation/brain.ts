import { join } from '../../src/observe/join.js';
import type { shareQueue } from '../../src/observe/queue.js';
import { plan } from '../../src/plan/plan.js';
import type { vainEnds } from '../../src/reconcile/vain-ends.js';
import type { deedOf } from './deeds.js';
import type { Planner } from './promises.js';

/** The parts under test: what joins the readings, and what decides. */
export interface Brain {
  readonly join: typeof join;
  readonly plan: Planner;
  /** How it sees what has ended in vain, where that is under test. */
  readonly vainEnds?: typeof vainEnds;
  /** How it shares the queue out, where that is under test. */
  readonly shareQueue?: typeof shareQueue;
  /** How deeds are done, where that is under test. */
  readonly deedOf?: typeof deedOf;
}

export const realBrain: Brain = { join, plan };
