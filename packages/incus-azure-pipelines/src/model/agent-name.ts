/**
 * The name grammar: `<prefix>-<owner>-<birth>`, one name for the instance and its registration, never used twice.
 *
 * `owner` is a short digest of the installation's id, `birth` the time of birth in epoch ms, base 36. At most 63
 * characters of `[a-z0-9-]`, which is what Incus takes as a name.
 */

/** First part of the names of agents that only try a server; the rest is as in every name of ours. */
export const PROBE_PREFIX = 'probe';

/** Whether a name of ours is that of an agent which only tried a server, and never had an instance. */
export function isProbe(name: string): boolean {
  return name.startsWith(`${PROBE_PREFIX}-`);
}

/** Formats the name of an agent that is born at `birthAt` (epoch ms). */
export function agentName(prefix: string, owner: string, birthAt: number): string {
  return `${prefix}-${owner}-${birthAt.toString(36)}`;
}

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-([0-9a-f]{6})-([0-9a-z]{8,9})$/;

/** Reads the birth (epoch ms) out of a name of this owner; undefined for any other name. */
export function birthOf(name: string, owner: string): number | undefined {
  if (!name.includes(owner)) return undefined;
  const match = NAME.exec(name);
  if (match === null || match[1] !== owner || match[2] === undefined) return undefined;
  return Number.parseInt(match[2], 36);
}

/** Reads the owner out of a name, whoever that is: this installation or another one; undefined for what none of them names so. */
export function ownerOf(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

/**
 * The next birth: now, or the first millisecond after it that no known name has. Later than all names would not do: once
 * the clock has been set back they lie ahead, and the one after the last of them may have been given and be gone.
 */
export function nextBirth(now: number, names: Iterable<string>, owner: string): number {
  const taken = new Set<number | undefined>();
  for (const name of names) taken.add(birthOf(name, owner));
  let birth = now;
  while (taken.has(birth)) birth += 1;
  return birth;
}
