/** The network that `setup` is to make. */

import { DEFAULTS } from './defaults.js';
import { error, type Finding, show } from './finding.js';
import type { FileSettings } from './schema.js';
import { isBridgeAddress, parseTarget } from './target.js';

/** Checks that addresses are some, and that guests have one. */
export function checkNetwork({ network }: FileSettings): readonly Finding[] {
  const { allow = [] } = network ?? {};
  const findings = allow.flatMap((written, i) =>
    parseTarget(written) === undefined
      ? [
          error(
            ['network', 'allow', i],
            `${show(written)} is no address, subnet or name`,
            'write one such as 10.1.2.3, 10.1.2.0/24, "10.1.2.3:8080", "[fd00::1]:443" or packages.example',
          ),
        ]
      : [],
  );
  return [...findings, ...checkFamilies(network ?? {})];
}

/** Checks that guests have an address, and that the host's is of the same family. */
function checkFamilies({ address, ...families }: NonNullable<FileSettings['network']>): readonly Finding[] {
  const { ipv4 = DEFAULTS.networkIpv4, ipv6 = DEFAULTS.networkIpv6 } = families;
  if (!ipv4 && !ipv6)
    return [error(['network', 'ipv4'], 'false leaves guests without any address', 'write ipv6: true beside it')];
  const family = ipv4 ? 4 : 6;
  if (address === undefined || isBridgeAddress(address, family)) return [];
  const example = ipv4 ? '10.213.0.1/24, with a prefix from 8 to 29' : 'fd3c:9b1f:7a02:1::1/64, with a prefix of 64';
  return [
    error(
      ['network', 'address'],
      `${show(address)} is no IPv${family} address with its subnet`,
      `write one such as ${example}`,
    ),
  ];
}
