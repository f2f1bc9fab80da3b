import type { Death } from './death.js';
import type { AgentStatus, PoolStatus, RemovedPoolStatus, StatusDocument } from './status-document.js';

/** What the daemon has to tell. */
export interface Account {
  readonly status: StatusDocument;
  /** Agents that ended, the latest first. */
  readonly deaths: readonly Death[];
  /** Epoch ms. */
  readonly now: number;
}

/** What `explain --json` prints: sentences, the answer first, and what they were made of. */
export interface Explanation {
  readonly of: 'agent' | 'pool' | 'job request';
  readonly name: string;
  readonly says: readonly string[];
  readonly agent?: AgentStatus;
  readonly pool?: PoolStatus | RemovedPoolStatus;
  /** How it ended, or whoever had the job. */
  readonly deaths?: readonly Death[];
}
