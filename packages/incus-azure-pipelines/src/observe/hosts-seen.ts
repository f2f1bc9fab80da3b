import type { Registration } from '../model/agent.js';
import { ownerOf } from '../model/agent-name.js';

/** An installation that has shown no agent for so long is not counted any more. */
const REMEMBERED_MS = 3_600_000;

/**
 * The installations that have agents in an agent pool, ours among them, with when each was last seen to have one online (epoch
 * ms): their names tell whose they are. Registrations that are left over and offline tell of nobody.
 */
export function hostsSeen(
  before: ReadonlyMap<string, number>,
  registrations: readonly Pick<Registration, 'name' | 'online'>[],
  now: number,
): ReadonlyMap<string, number> {
  const seen = new Map([...before].filter(([, at]) => now - at < REMEMBERED_MS));
  for (const { name, online } of registrations) {
    const owner = online ? ownerOf(name) : undefined;
    if (owner !== undefined) seen.set(owner, now);
  }
  return seen;
}
