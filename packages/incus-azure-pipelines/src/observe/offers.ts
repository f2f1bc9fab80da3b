import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { isScaled, type PoolSpec } from '../model/pool.js';
import type { Offer } from '../model/queue.js';

/** Of an agent that nobody has chosen yet: the newest there is. */
const UNBUILT = '999.0.0';

/**
 * What each pool's agents offer to demands: what the newest that was seen idle has told Azure of itself, remembered where none
 * is there now. Before that it is what every agent of ours is registered with, so that a pool may begin. Where no agent is made
 * for what waits, one that has a job tells as well, while none was seen idle: all of them may have jobs when somebody looks first.
 */
export function offersOf(
  before: ReadonlyMap<string, Offer>,
  agents: readonly Agent[],
  desired: readonly PoolSpec[],
  bases: Pick<Observed, 'bases' | 'wantedBases'>,
): ReadonlyMap<string, Offer> {
  return new Map(
    desired.map(({ azure, name }) => {
      const known = before.get(name);
      const shown =
        shownIn(agents, name, 'idle', known) ??
        (isScaled(azure, desired) ? undefined : shownIn(agents, name, 'busy', known));
      return [name, shown ?? unseen(name, bases)];
    }),
  );
}

function shownIn(
  agents: readonly Agent[],
  pool: string,
  wanted: 'busy' | 'idle',
  before: Offer | undefined,
): Offer | undefined {
  let newest = before?.shownBy === undefined ? undefined : before;
  for (const agent of agents) {
    const capabilities = knownValue(agent.registration)?.capabilities;
    // Who has had a job may tell whatever that wanted told.
    if (agent.pool !== pool || capabilities === undefined || agent.phase !== wanted) continue;
    if (newest?.shownBy === undefined || birthIn(agent.name) > birthIn(newest.shownBy))
      newest = { shownBy: agent.name, capabilities: withoutNames(capabilities, agent.name) };
  }
  return newest;
}

/** Where a name ends, which tells who is younger. */
function birthIn(name: string): string {
  return name.slice(name.lastIndexOf('-'));
}

/** The next agent has another name: who demands this one shall not be waited for. */
export function withoutNames(capabilities: Offer['capabilities'], name: string): Offer['capabilities'] {
  return Object.fromEntries(Object.entries(capabilities).map(([key, value]) => [key, value === name ? '' : value]));
}

function unseen(pool: string, { bases, wantedBases }: Pick<Observed, 'bases' | 'wantedBases'>): Offer {
  const wanted = knownValue(wantedBases.get(pool));
  const version = knownValue(bases)?.find(({ name }) => name === wanted)?.agentVersion || UNBUILT;
  return { shownBy: undefined, capabilities: registeredWith(version) };
}

/** What every agent of ours is registered with, by lower-case name, whatever it finds itself. */
export function registeredWith(agentVersion = UNBUILT): Offer['capabilities'] {
  return {
    'agent.name': '',
    'agent.computername': '',
    'agent.version': agentVersion,
    'agent.os': 'Linux',
    interactivesession: 'False',
  };
}
