import type { Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { SHARES_IDS } from '../plan/own-ids.js';
import { NEVER_ONLINE, NOT_PREPARED, STOPPED_EARLY } from '../plan/reap.js';

/** Two pictures of the agents, one after the other. */
export interface Sights {
  readonly before: readonly Agent[];
  readonly after: readonly Agent[];
}

/** What our own deeds say of the instances in both. */
export interface OwnDeeds {
  /** Why an instance ends, or has ended; undefined when that is not our doing. */
  readonly whyEnded: (name: string) => string | undefined;
  /** Names of those whose activation no reading may show yet. */
  readonly activating: ReadonlySet<string>;
}

/** An instance that was used up though its agent was never seen online, and why it ended. */
export interface VainEnd {
  readonly agent: Agent;
  /** The base that it tried; undefined where it tried none. */
  readonly tried: string | undefined;
  /** Whether it was told to become an agent: then it may have had a job so short that no reading shows it yet. */
  readonly wasActivated: boolean;
  readonly error: string;
}

/** Deletions of ours that tell against the base or the host, as an end of its own does. */
const TELLING: ReadonlySet<string> = new Set([NOT_PREPARED, STOPPED_EARLY, NEVER_ONLINE]);

/**
 * Which instances have just ended in vain, as far as it can be seen: an agent that is over, or is gone, before it was online,
 * and one that is gone before it was told to become one. A trial of a base is lost by whatever ends it, but for user ids that
 * are not its own: those say nothing of its base, and make its pool wait. Which bases are tried stands in the plan that was
 * made of the picture before.
 */
export function vainEnds({ before, after }: Sights, plan: Plan | undefined, deeds: OwnDeeds): readonly VainEnd[] {
  const now = new Map(after.map(agent => [agent.name, agent]));
  return before.flatMap((agent): VainEnd[] => {
    const { instance, life, name, pool } = agent;
    const left = now.get(name);
    if (instance === undefined || (left?.life ?? life).seenOnline) return [];
    const isGone = left?.instance === undefined;
    const wasActivated = (left?.instance ?? instance).activatedAt !== undefined || deeds.activating.has(name);
    const why = deeds.whyEnded(name);
    const isForItsIds = why?.startsWith(SHARES_IDS) === true;
    const tried = isForItsIds ? undefined : plan?.pools.get(pool)?.tries;
    if (tried !== undefined && instance.base === tried) {
      const error = `the instance that tried it is gone: ${why ?? 'it went away by itself before its agent was online'}`;
      return isGone ? [{ agent, tried, wasActivated, error }] : [];
    }
    const hasEnded = isGone || (wasActivated && isOver(left));
    if (!hasEnded || isOver(agent) || (why !== undefined && !isForItsIds && !TELLING.has(why))) return [];
    return [{ agent, tried: undefined, wasActivated, error: describe(name, wasActivated, why) }];
  });
}

/** It has ended, though its instance is still there. */
function isOver({ phase }: Agent): boolean {
  return phase === 'finished' || phase === 'stopped';
}

function describe(name: string, wasActivated: boolean, why: string | undefined): string {
  const itself = wasActivated ? 'ended before it was online' : 'went away by itself before it was an agent';
  const subject = wasActivated ? 'agent' : 'instance';
  return `${subject} ${name} ${why ?? itself}; "incus-azure-pipelines logs ${name}" tells more`;
}
