/** Says of one agent, pool or job why it is there, why it waits and why it ended, by what the daemon knows. Pure. */
import { UserError } from '../lib/user-error.js';
import { explainAgent, explainDeath } from './explain-agent.js';
import { explainJob } from './explain-job.js';
import { explainPlaceholder, explainPool, explainRemoved } from './explain-pool.js';
import type { Account, Explanation } from './explanation.js';
import { nearNames } from './near-names.js';

/** Explains what bears this name, else this number. @throws UserError when nothing does. */
export function explain(name: string, account: Account): Explanation {
  const { deaths, status } = account;
  const pools = [...status.pools, ...status.removed];
  for (const pool of pools)
    for (const agent of pool.agents)
      if (agent.name === name) return { of: 'agent', name, says: explainAgent(agent, pool, account), agent };
  const death = deaths.find(dead => dead.name === name);
  if (death !== undefined) return { of: 'agent', name, says: explainDeath(death, account), deaths: [death] };
  const holder = status.pools.find(({ placeholder }) => placeholder?.name === name);
  if (holder?.placeholder !== undefined)
    return { of: 'pool', name: holder.name, says: explainPlaceholder(holder.name, holder.placeholder), pool: holder };
  const configured = status.pools.find(pool => pool.name === name);
  if (configured !== undefined) return { of: 'pool', name, says: explainPool(configured, account), pool: configured };
  const removed = status.removed.find(pool => pool.name === name);
  if (removed !== undefined) return { of: 'pool', name, says: explainRemoved(removed), pool: removed };
  if (/^\d{1,15}$/.test(name)) return { of: 'job request', name, ...explainJob(Number(name), account) };
  const names = [
    ...pools.flatMap(pool => [pool.name, ...pool.agents.map(agent => agent.name)]),
    ...deaths.map(dead => dead.name),
  ];
  throw new UserError(
    `explain: no agent and no pool is called "${name}", and it is no number of a job request; ${remedy(nearNames(name, names))}`,
  );
}

function remedy(near: readonly string[]): string {
  return near.length === 0
    ? '"status" lists those that are there, "logs" the agents that ended'
    : `near to it: ${near.join(', ')}`;
}
