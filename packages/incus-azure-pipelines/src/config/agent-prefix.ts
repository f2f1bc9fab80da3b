/** The first part of every agent's name. */

/** An agent's name is `<prefix>-<owner>-<birth>`: 6 characters of owner, 9 of birth, two dashes, at most 63 in all. */
export const LONGEST_PREFIX = 63 - 6 - 9 - 2;

/** Makes a prefix of a host's name: its first label, in the characters that an instance's name may have. */
export function prefixFromHostname(hostname: string): string {
  const label = hostname.split('.')[0] ?? '';
  const allowed = label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const named = /^[a-z]/.test(allowed) ? allowed : `host-${allowed}`;
  return named.slice(0, LONGEST_PREFIX).replaceAll(/-{2,}/g, '-').replace(/-$/, '');
}
