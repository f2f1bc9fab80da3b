import type { Registration } from '../model/agent.js';
import { isProbe, ownerOf } from '../model/agent-name.js';
import { placeholderOwner, rememberedBy } from '../model/placeholder.js';

/** One that is registered and not online counts on no longer than this to come: its host may be gone. */
const STARTING_MS = 60_000;
/** A host that had no room is tried again after so long, though it shows no more agents than it had. */
const FULL_MS = 600_000;
/** An agent that has ended is replaced within less: a host that has fewer for so long has room for what it had. */
const REPLACED_MS = 60_000;

/** An agent of another host that may be given a job: idle, or registered and on its way. */
export interface FreeAgent {
  readonly name: string;
  readonly online: boolean;
  /** When it was first seen to be so (epoch ms). */
  readonly since: number;
  /** What it has told of itself; one that is on its way has hardly told anything yet. */
  readonly capabilities: Capabilities;
}

type Capabilities = Readonly<Record<string, string>>;

/** The most agents that a host has had, but for what it has not had for a minute: one that replaces its agents does not grow. */
interface Most {
  readonly agents: number;
  /** When it was first seen to have so many, and fewer before (epoch ms); undefined where it was found so. */
  readonly grewAt: number | undefined;
  /** Since when it has fewer (epoch ms). */
  readonly fewerSince: number | undefined;
}

/** Another installation that has agents in an agent pool, as Azure shows them. */
export interface OtherHost {
  readonly owner: string;
  /** Whether it may make agents: one was online lately, or is on its way. What is left over of a host that is gone makes none. */
  readonly isThere: boolean;
  /** How many it has, online or on their way. */
  readonly agents: number;
  readonly free: readonly FreeAgent[];
  readonly most: Most;
  /** What its agents and its placeholder have told, and told last where it has none now; nothing where none has told anything. */
  readonly told: readonly Capabilities[];
  /** Where it is taken for full: since when (epoch ms), and how many agents it had. */
  readonly full: { readonly since: number; readonly agents: number } | undefined;
}

/**
 * The hosts that share an agent pool with this one, as a reading shows them, with what was known of them before. `seen` are the
 * owners that have had agents online lately.
 */
export function otherHosts(
  before: readonly OtherHost[],
  registrations: readonly Registration[],
  seen: Iterable<string>,
  own: string,
  now: number,
): readonly OtherHost[] {
  const old = new Map(before.map(host => [host.owner, host]));
  const known = new Map(before.flatMap(({ free }) => free.map(agent => [agent.name, agent] as const)));
  const lately = new Set(seen);
  const found = new Map([...lately].map(owner => [owner, nothingOf()]));
  for (const registration of registrations) {
    const { capabilities = {}, online, name } = registration;
    const owner = name.includes(own) || isProbe(name) ? undefined : ownerOf(name);
    const isFree = mayBeGiven(registration);
    const standing = placeholderOwner(name);
    const remembered = standing && rememberedBy(capabilities)?.capabilities;
    if (standing && remembered) found.get(standing)?.told.push(remembered);
    if (owner === undefined || !(online || isFree)) continue;
    const before = known.get(name);
    const since = before?.online === online ? before.since : now;
    const agent = { name, online, since, capabilities };
    const host = found.get(owner) ?? nothingOf();
    found.set(owner, host);
    if (online) host.told.push(capabilities);
    if (online || isExpected(agent, now)) host.agents += 1;
    if (isFree) host.free.push(agent);
  }
  found.delete(own);
  return [...found].map(([owner, host]) => {
    const isThere = lately.has(owner) || host.agents > 0;
    const most = mostOf(old.get(owner)?.most, host.agents, now);
    const told = host.told.length > 0 ? host.told : (old.get(owner)?.told ?? []);
    return { owner, isThere, ...host, most, told, full: stillFull(old.get(owner)?.full, most, now) };
  });
}

function nothingOf() {
  return { agents: 0, free: [] as FreeAgent[], told: [] as Capabilities[] };
}

function mostOf(before: Most | undefined, agents: number, now: number): Most {
  if (before === undefined) return { agents, grewAt: undefined, fewerSince: undefined };
  if (agents > before.agents) return { agents, grewAt: now, fewerSince: undefined };
  if (agents === before.agents) return { ...before, fewerSince: undefined };
  const fewerSince = before.fewerSince ?? now;
  return { ...before, ...(now - fewerSince < REPLACED_MS ? { fewerSince } : { agents, fewerSince: undefined }) };
}

/** Whether it is about to be online, as far as others can tell. */
export function isExpected({ online, since }: FreeAgent, now: number): boolean {
  return !online && now - since < STARTING_MS;
}

/** An agent has one job in its life: one that has or had any gets no other. */
function mayBeGiven({ assigned, completed, enabled }: Registration): boolean {
  return enabled && assigned === undefined && completed === undefined;
}

/** It makes agents again, or could make some in the place of those that it has no more. */
function stillFull(full: OtherHost['full'], { agents }: Most, now: number): OtherHost['full'] {
  return full !== undefined && agents === full.agents && now - full.since < FULL_MS ? full : undefined;
}
