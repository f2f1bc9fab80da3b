import type { NetworkInterfaceInfo } from 'node:os';
import { formatRange, parseRange } from '../lib/ip-ranges.js';
import { isInternet } from './refused-ranges.js';

/**
 * What looks like the Internet to a guest and is the host: its public IPv4 addresses, and over IPv6 the subnets that it is in,
 * where hosts take a new address each day, and others are not behind a NAT.
 */
export function hostRanges(
  addresses: readonly Pick<NetworkInterfaceInfo, 'address' | 'cidr' | 'family'>[],
): readonly string[] {
  const found = addresses.flatMap(({ address, cidr, family }) => {
    const range = parseRange(address);
    if (range === undefined || !isInternet(range, [])) return [];
    return family === 'IPv6' && cidr !== null ? subnetOf(cidr) : address;
  });
  return [...new Set(found)].toSorted();
}

/** The same for all addresses of a subnet, so that setup finds nothing changed when one comes or goes. */
function subnetOf(cidr: string): string {
  const range = parseRange(cidr);
  return range === undefined ? cidr : `${formatRange({ ...range, last: range.first })}/${cidr.split('/')[1]}`;
}
