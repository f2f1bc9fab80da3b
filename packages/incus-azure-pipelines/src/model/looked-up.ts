import type { Observed } from './observed.js';

/** What a plan is made on just as it was looked up. */
export type LookedUp = Pick<
  Observed,
  | 'bases'
  | 'wantedBases'
  | 'drained'
  | 'drainedAgents'
  | 'withoutPlaceholder'
  | 'registration'
  | 'creationBlocked'
  | 'hostRoom'
>;
