/** How a guest tells that it has a network, in shell. */

const GLOBAL = '^[0-9a-f]{32} [0-9a-f]+ [0-9a-f]+ 00 ';

/** Of a line of `/proc/net/if_inet6`: a global address that may not be used yet, since it is still asked for whether others have it. */
export const TENTATIVE = `${GLOBAL}[4-7c-f]`;

/**
 * Defines `default_route`, for POSIX sh. A route of IPv6 comes before the address of its interface may be used. What is sent until
 * then bears the link-local one, which the filter of the NIC lets nowhere, and a connection that has begun so hangs. A route of
 * IPv4 is enough beside that: while IPv6 has nothing but a link-local address to send by, names are looked up to those of IPv4 first.
 */
export const defaultRoute = `default_route() {
  grep -Eq '^[^[:space:]]+[[:space:]]00000000[[:space:]]' /proc/net/route && return 0
  sed -nE '/ lo$/d; s/^0{32} 00 .* ([^ ]+)$/${GLOBAL}[0-389ab][0-9a-f] +\\1$/p' /proc/net/ipv6_route 2>/dev/null |
    grep -Eqf - /proc/net/if_inet6
}`;
