/**
 * Guests that have the same range of user ids, though each is to have one of its own: two instances that are made at the
 * same time may get one. Whoever breaks out of one of them owns the files and processes of the other, so that only one may
 * ever be told to be an agent.
 *
 * None can be told in between. A guest is prepared only in a list, or in one that an event has completed, that shows its
 * own ids, and no picture is older than the one before it. So when the second of two is prepared, the picture shows the
 * ids of both, and the mark of the first, or our own activation of it.
 */
import type { Action } from '../model/action.js';
import type { Agent, IdsFrom } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';

/** How the reason begins for which a guest is given up whose user ids another instance of ours has too. */
export const SHARES_IDS = 'shares its user ids with';

/**
 * Who must not become an agent, by name, with who has the same user ids: a base that is being built, since what gets into it
 * is in all its copies; an agent, which is never touched; else the guest with the first name. Whoever is there counts, be it
 * shown as stopped: so is who is about to start.
 */
export function sharersOf(agents: readonly Agent[], { bases, inFlight }: Observed): ReadonlyMap<string, string> {
  const activating = new Set(inFlight.flatMap(action => (isActivation(action) ? [action.name] : [])));
  const isAgent = ({ instance, name }: Agent) => instance?.activatedAt !== undefined || activating.has(name);
  const building = (knownValue(bases) ?? []).filter(({ ready }) => !ready);
  const holders = new Map<IdsFrom, string>();
  for (const { idsFrom, name } of building) holders.set(idsFrom, name);
  for (const { instance, name } of agents.filter(isAgent)) holders.set(instance?.idsFrom, name);
  const sharers = new Map<string, string>();
  for (const { instance, name } of agents.filter(agent => !isAgent(agent)).sort(byName)) {
    if (instance?.idsFrom === undefined || instance.idsFrom === 'not yet') continue;
    const holder = holders.get(instance.idsFrom);
    if (holder === undefined) holders.set(instance.idsFrom, name);
    else sharers.set(name, holder);
  }
  return sharers;
}

/** They know no secret and can hold no job, so they are simply deleted; others are made in their place as ever. */
export function* endSharers(agents: readonly Agent[], sharers: ReadonlyMap<string, string>): Generator<Action> {
  for (const { name, pool } of agents) {
    const holder = sharers.get(name);
    if (holder !== undefined) yield { kind: 'delete-instance', pool, name, reason: `${SHARES_IDS} ${holder}` };
  }
}

function byName(one: Agent, other: Agent): number {
  return one.name < other.name ? -1 : 1;
}

function isActivation(action: Action): action is Action<'activate-agent' | 'listen-agent' | 'enable-agent'> {
  return action.kind === 'activate-agent' || action.kind === 'listen-agent' || action.kind === 'enable-agent';
}
