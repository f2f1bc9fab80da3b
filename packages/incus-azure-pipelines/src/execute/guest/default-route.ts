/** How a guest tells that it has a network, in shell. */

const GLOBAL = '^[0-9a-f]{32} [0-9a-f]+ [0-9a-f]+ 00 ';

/** Of a line of `/proc/net/if_inet6`: a global address that may not be used yet, since it is still asked for whether others have it. */
export const TENTATIVE = `${GLOBAL}[4-7c-f]`;

/**
 * Defines `default_route`, for POSIX sh. A route of IPv6 comes before the address may be used. What is sent until then bears
 * the link-local one, which the filter of the NIC lets nowhere, and a connection that has begun so hangs.
 */
export const defaultRoute = `default_route() {
  grep -Eq '^[^[:space:]]+[[:space:]]00000000[[:space:]]' /proc/net/route && return 0
  grep -E '^0{32} 00 ' /proc/net/ipv6_route 2>/dev/null | grep -qv ' lo$' || return 1
  grep -Eq '${GLOBAL}[0-389ab]' /proc/net/if_inet6
}`;
