import { mergeCapabilities } from 'azure-pipelines-client/demands';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { placeholderName, placeholderOwner, rememberedBy } from '../model/placeholder.js';
import { azureKey, isScaled, type PoolSpec } from '../model/pool.js';
import type { Offer } from '../model/queue.js';

/** Of an agent that nobody has chosen yet: the newest there is. */
const UNBUILT = '999.0.0';

type Shown = Pick<Observed, 'bases' | 'placeholders' | 'wantedBases'>;

/**
 * What each pool's agents offer to demands: what the newest that was seen idle has told Azure of itself, remembered where none
 * is there now, and by its placeholder where the daemon is another one. Before that it is what every agent of ours is
 * registered with, so that a pool may begin. Where no agent is made for what waits, one that has a job tells as well, while none
 * was seen idle: all of them may have jobs when somebody looks first.
 */
export function offersOf(
  before: ReadonlyMap<string, Offer>,
  agents: readonly Agent[],
  desired: readonly PoolSpec[],
  owner: string,
  shown: Shown,
): ReadonlyMap<string, Offer> {
  return new Map(
    desired.map(spec => {
      const { azure, name } = spec;
      const old = before.get(name);
      const kept = old?.shownBy === undefined ? keptBy(spec, owner, shown) : old;
      const own = agents.filter(agent => agent.pool === name);
      const told = (phase: 'busy' | 'idle') => shownIn(own, phase, kept, base => worthOf(base, name, shown));
      const offer = told('idle') ?? (isScaled(azure, desired) ? undefined : told('busy'));
      return [name, offer === undefined ? unseen(spec, shown) : withConfigured(offer, spec)];
    }),
  );
}

function shownIn(
  agents: readonly Agent[],
  phase: 'busy' | 'idle',
  before: Offer | undefined,
  worth: (base: string | undefined) => number,
): Offer | undefined {
  let newest = before;
  for (const agent of agents) {
    const capabilities = knownValue(agent.registration)?.capabilities;
    // Who has had a job may tell whatever that wanted told.
    if (capabilities === undefined || agent.phase !== phase) continue;
    const base = agent.instance?.base;
    const more = worth(base) - worth(newest?.base);
    const isYounger = newest?.shownBy === undefined || birthIn(agent.name) > birthIn(newest.shownBy);
    if (more > 0 || (more === 0 && isYounger))
      newest = {
        shownBy: agent.name,
        base,
        capabilities: withoutNames(capabilities, agent.name),
      };
  }
  return newest;
}

/**
 * How much agents of a base tell of the next ones: most where that is the wanted one, and nothing where it is none of ours any
 * more. Births alone do not: who was born before the clock was set back looks younger for ever.
 */
function worthOf(base: string | undefined, pool: string, { bases, wantedBases }: Shown): number {
  if (base !== undefined && base === knownValue(wantedBases.get(pool))) return 2;
  return knownValue(bases)?.some(({ name }) => name === base) ? 1 : 0;
}

/** What a placeholder remembers of agents that were seen before this daemon began; it tells all but their version. */
function keptBy(spec: PoolSpec, owner: string, shown: Shown): Offer | undefined {
  const name = placeholderName(owner, spec.name);
  const all = knownValue(shown.placeholders.get(azureKey(spec.azure))) ?? [];
  const remembered = rememberedBy(all.find(one => one.name === name)?.capabilities ?? {});
  if (remembered === undefined) return undefined;
  const capabilities = { ...withoutNames(remembered.capabilities, name), 'agent.version': versionOf(spec, shown) };
  return { shownBy: name, base: remembered.base, capabilities };
}

/** Where a name ends, which tells who is younger; any agent is so than a placeholder. */
function birthIn(name: string): string {
  return placeholderOwner(name) === undefined ? name.slice(name.lastIndexOf('-')) : '';
}

/** What the configuration gives to agents the next one has, though it be given since the last was seen. */
function withConfigured(offer: Offer, { capabilities }: PoolSpec): Offer {
  if (capabilities === undefined) return offer;
  return { ...offer, capabilities: mergeCapabilities(offer.capabilities, capabilities) };
}

/** The next agent has another name: who demands this one shall not be waited for. */
export function withoutNames(capabilities: Offer['capabilities'], name: string): Offer['capabilities'] {
  return Object.fromEntries(Object.entries(capabilities).map(([key, value]) => [key, value === name ? '' : value]));
}

function unseen(spec: PoolSpec, shown: Shown): Offer {
  const { capabilities = {} } = spec;
  const registered = registeredWith(versionOf(spec, shown));
  return { shownBy: undefined, capabilities: mergeCapabilities(registered, capabilities) };
}

/** The version of the agent that the pool's next ones will have. */
function versionOf({ name: pool }: PoolSpec, { bases, wantedBases }: Shown): string {
  const wanted = knownValue(wantedBases.get(pool));
  return knownValue(bases)?.find(({ name }) => name === wanted)?.agentVersion || UNBUILT;
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
