/**
 * The name grammar: `<prefix>-<owner>-<birth>`, one name for the instance and its registration, never used twice.
 *
 * `owner` is a short digest of the installation's id, `birth` the time of birth in epoch ms, base 36. At most 63
 * characters of `[a-z0-9-]`, which is what Incus takes as a name.
 */

/** Formats the name of an agent that is born at `birthAt` (epoch ms). */
export function agentName(prefix: string, owner: string, birthAt: number): string {
  return `${prefix}-${owner}-${birthAt.toString(36)}`;
}

/** Reads the birth (epoch ms) out of a name of this owner; undefined for any other name. */
export function birthOf(name: string, owner: string): number | undefined {
  const match = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-([0-9a-f]{6})-([0-9a-z]{8,9})$/.exec(name);
  if (match === null || match[1] !== owner || match[2] === undefined) return undefined;
  return Number.parseInt(match[2], 36);
}

/** The next birth: later than every name that is known, so that two births of one millisecond differ. */
export function nextBirth(now: number, names: Iterable<string>, owner: string): number {
  let birth = now;
  for (const name of names) {
    const other = birthOf(name, owner);
    if (other !== undefined && other >= birth) birth = other + 1;
  }
  return birth;
}
