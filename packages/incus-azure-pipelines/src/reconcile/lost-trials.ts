import type { Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';

/** Two pictures of the agents, one after the other. */
export interface Sights {
  readonly before: readonly Agent[];
  readonly after: readonly Agent[];
}

/** A trial of a base that ended without its agent having been seen online, and why it ended. */
export interface LostTrial {
  readonly agent: Agent;
  readonly tried: string;
  readonly error: string;
}

/**
 * Which trials of a base seem to be lost: the instance is gone, and its agent was never seen online. Which bases are tried
 * stands in the plan that was made of the picture before; `whyDeleted` tells why an instance was deleted by us.
 */
export function lostTrials(
  { before, after }: Sights,
  plan: Plan | undefined,
  whyDeleted: (name: string) => string | undefined,
): readonly LostTrial[] {
  const now = new Map(after.map(agent => [agent.name, agent]));
  return before.flatMap(agent => {
    const { name, pool, instance, life } = agent;
    const tried = plan?.pools.get(pool)?.tries;
    const left = now.get(name);
    const isLost = instance !== undefined && left?.instance === undefined;
    if (tried === undefined || instance?.base !== tried || !isLost || (left?.life ?? life).seenOnline) return [];
    const why = whyDeleted(name) ?? 'it went away by itself before its agent was online';
    return [{ agent, tried, error: `the instance that tried it is gone: ${why}` }];
  });
}
