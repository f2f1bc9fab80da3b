/** The rules by which guests reach the Internet and what is named, and nothing else. */

import { formatRange, type IpRange, parseRange } from '../lib/ip-ranges.js';
import type { NetworkSpec } from '../model/pool.js';
import type { Rule } from './model.js';
import { internet, isInternet } from './refused-ranges.js';

/** Something that guests are to reach. */
export interface Opening {
  /** What a person calls it. */
  readonly name: string;
  /** Addresses or subnets; several where a name has several. */
  readonly addresses: readonly string[];
  /** TCP port; undefined for everything. */
  readonly port: number | undefined;
}

/** Addresses and subnets of the host that guests must not take for the Internet. */
export interface HostAddresses {
  readonly hostAddresses: readonly string[];
}

/** The families of which guests have addresses. */
export function familiesOf({ ipv4, ipv6 }: Pick<NetworkSpec, 'ipv4' | 'ipv6'>): readonly (4 | 6)[] {
  return [...(ipv4 ? [4 as const] : []), ...(ipv6 ? [6 as const] : [])];
}

/**
 * Makes the rules for what comes from the guests. All of them allow: Incus puts rules that reject before those that allow,
 * whatever their order, so a refused range could have no hole. What no rule allows is rejected by the network's default.
 */
export function egressRules(
  openings: readonly Opening[],
  { hostAddresses }: HostAddresses,
  families: readonly (4 | 6)[],
): readonly Rule[] {
  const named = openings.flatMap(opening =>
    families.flatMap(family => {
      const ranges = opening.addresses.flatMap(address => parseRange(address) ?? []);
      const closed = ranges.filter(range => range.family === family && !isInternet(range, hostAddresses));
      return closed.length === 0 ? [] : [rule(opening.name, closed, opening.port)];
    }),
  );
  return [
    ...families.map(family => rule(`the Internet, IPv${family}`, internet(family, hostAddresses), undefined)),
    ...named,
  ];
}

function rule(description: string, ranges: readonly IpRange[], port: number | undefined): Rule {
  const destination = ranges.map(formatRange).join(',');
  const to = { action: 'allow', state: 'enabled', description, destination } as const;
  return port === undefined ? to : { ...to, protocol: 'tcp', destination_port: String(port) };
}
