import { unmetDemands } from 'azure-pipelines-client/demands';
import type { Offer } from '../model/queue.js';
import type { TracedJob } from '../model/trace.js';

/** Jobs that agents can do, and how many they cannot, by the demand that is not met. */
export interface Ability {
  readonly able: readonly TracedJob[];
  readonly unable: number;
  readonly unmet: ReadonlyMap<string, number>;
}

/** Holds the demands of each job against what the agents of a pool offer. */
export function ableJobs(jobs: readonly TracedJob[], offered: Offer['capabilities']): Ability {
  const unmet = new Map<string, number>();
  const able = jobs.filter(({ demands }) => {
    const lacking = unmetDemands(offered, demands);
    for (const demand of lacking) unmet.set(demand, (unmet.get(demand) ?? 0) + 1);
    return lacking.length === 0;
  });
  return { able, unable: jobs.length - able.length, unmet };
}
