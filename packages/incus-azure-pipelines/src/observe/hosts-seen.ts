import type { Registration } from '../model/agent.js';
import { ownerOf } from '../model/agent-name.js';
import { placeholderOwner, SEEN_AT } from '../model/placeholder.js';

/** An installation that has shown no agent for so long is not counted any more. */
const REMEMBERED_MS = 3_600_000;

/**
 * The installations that have agents in an agent pool, ours among them, with when each was last seen to have one online (epoch
 * ms), or to have said so on its placeholder: their names tell whose they are. Registrations that are left over and offline tell
 * of nobody.
 */
export function hostsSeen(
  before: ReadonlyMap<string, number>,
  registrations: readonly Pick<Registration, 'capabilities' | 'name' | 'online'>[],
  now: number,
): ReadonlyMap<string, number> {
  const seen = new Map([...before].filter(([, at]) => now - at < REMEMBERED_MS));
  for (const { capabilities, name, online } of registrations) {
    const owner = ownerOf(name) ?? placeholderOwner(name);
    const at = online ? now : placeholderOwner(name) && Date.parse(capabilities?.[SEEN_AT] ?? '');
    // The clock of another host may be ahead.
    if (owner !== undefined && at && now - at < REMEMBERED_MS)
      seen.set(owner, Math.min(now, Math.max(at, seen.get(owner) ?? 0)));
  }
  return seen;
}
