/** What guests do not reach unless it is named: everything but the public Internet. */

import { type IpRange, isWithin, parseRange, remainder } from '../lib/ip-ranges.js';

/** All of IPv4, and the part of IPv6 that is given out to the Internet. */
const WHOLE = { 4: '0.0.0.0/0', 6: '2000::/3' } as const;

/** Source: the IANA registries of special-purpose addresses. */
const REFUSED: readonly string[] = [
  '0.0.0.0/8',
  // Private networks, the bridge's own among them.
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  // Shared by providers and their customers; clouds have services there.
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local: the metadata of clouds.
  '169.254.0.0/16',
  '192.0.0.0/24',
  '198.18.0.0/15',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
  // Ways that lead to IPv4 addresses. fc00::/7, fe80::/10 and multicast lie outside of 2000::/3.
  '2001::/32',
  '2002::/16',
];

/** The public Internet without these addresses and subnets of the host, which are no part of it to a guest. */
export function internet(family: 4 | 6, hostAddresses: readonly string[]): readonly IpRange[] {
  return remainder(rangeOf(WHOLE[family]), [...REFUSED, ...hostAddresses].map(rangeOf));
}

/** Whether a guest reaches all of a range though nobody has named it. */
export function isInternet(range: IpRange, hostAddresses: readonly string[]): boolean {
  return isWithin(range, internet(range.family, hostAddresses));
}

function rangeOf(text: string): IpRange {
  const range = parseRange(text);
  if (range === undefined) throw new Error(`"${text}" is no address`);
  return range;
}
