import type { Registration } from '../model/agent.js';
import { isProbe, ownerOf } from '../model/agent-name.js';

/** One that is registered and not online counts on no longer than this to come: its host may be gone. */
const STARTING_MS = 60_000;
/** A host that had no room is tried again after so long, though it shows no more agents than it had. */
const FULL_MS = 600_000;

/** An agent of another host that may be given a job: idle, or registered and on its way. */
export interface FreeAgent {
  readonly name: string;
  readonly online: boolean;
  /** When it was first seen to be so (epoch ms). */
  readonly since: number;
  /** What it has told of itself; one that is on its way has hardly told anything yet. */
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Another installation that has agents in an agent pool, as Azure shows them. */
export interface OtherHost {
  readonly owner: string;
  /** Whether it may make agents: one was online lately, or is on its way. What is left over of a host that is gone makes none. */
  readonly isThere: boolean;
  /** How many it has, online or on their way. */
  readonly agents: number;
  readonly free: readonly FreeAgent[];
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
  const known = new Map(before.flatMap(({ free }) => free.map(agent => [agent.name, agent] as const)));
  const lately = new Set(seen);
  const found = new Map([...lately].map(owner => [owner, { agents: 0, free: [] as FreeAgent[] }]));
  for (const registration of registrations) {
    const { name, online } = registration;
    const owner = name.includes(own) || isProbe(name) ? undefined : ownerOf(name);
    const isFree = mayBeGiven(registration);
    if (owner === undefined || !(online || isFree)) continue;
    const old = known.get(name);
    const since = old?.online === online ? old.since : now;
    const agent = { name, online, since, capabilities: registration.capabilities ?? {} };
    const host = found.get(owner) ?? { agents: 0, free: [] };
    found.set(owner, host);
    if (online || isExpected(agent, now)) host.agents += 1;
    if (isFree) host.free.push(agent);
  }
  found.delete(own);
  const full = new Map(before.map(host => [host.owner, host.full]));
  return [...found].map(([owner, host]) => {
    const isThere = lately.has(owner) || host.agents > 0;
    return { owner, isThere, ...host, full: stillFull(full.get(owner), host.agents, now) };
  });
}

/** Whether it is about to be online, as far as others can tell. */
export function isExpected({ online, since }: FreeAgent, now: number): boolean {
  return !online && now - since < STARTING_MS;
}

/** An agent has one job in its life: one that has or had any gets no other. */
function mayBeGiven({ assigned, completed, enabled }: Registration): boolean {
  return enabled && assigned === undefined && completed === undefined;
}

function stillFull(full: OtherHost['full'], agents: number, now: number): OtherHost['full'] {
  return full !== undefined && agents <= full.agents && now - full.since < FULL_MS ? full : undefined;
}
