import type { Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Ledger } from './ledger.js';

/** Two pictures of the agents, one after the other. */
export interface Sights {
  readonly before: readonly Agent[];
  readonly after: readonly Agent[];
  /** Epoch ms of the later one. */
  readonly at: number;
}

/**
 * Notes in the ledger which trials of a base are lost: the instance is gone, and its agent was never seen online. Which
 * bases are tried stands in the plan that was made of the picture before.
 */
export function noteLostTrials(ledger: Ledger, sights: Sights, plan: Plan | undefined, random: () => number): void {
  const now = new Map(sights.after.map(agent => [agent.name, agent]));
  for (const { name, pool, instance, life } of sights.before) {
    const tried = plan?.pools.get(pool)?.tries;
    const agent = now.get(name);
    const isLost = instance !== undefined && agent?.instance === undefined;
    if (tried === undefined || instance?.base !== tried || !isLost || (agent?.life ?? life).seenOnline) continue;
    const why = ledger.whyDeleted(name) ?? 'it went away by itself before its agent was online';
    ledger.trialFailed(tried, sights.at, `the instance that tried it is gone: ${why}`, random());
  }
}
