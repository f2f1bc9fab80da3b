/** The network that `setup` is to make. */

import { error, type Finding, show } from './finding.js';
import type { FileSettings } from './schema.js';
import { parseBridgeAddress, parseTarget } from './target.js';

/** Checks that addresses are some. */
export function checkNetwork({ network }: FileSettings): readonly Finding[] {
  const { allow = [], address } = network ?? {};
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
  if (address !== undefined && parseBridgeAddress(address) === undefined)
    findings.push(
      error(
        ['network', 'address'],
        `${show(address)} is no IPv4 address with its subnet`,
        'write one such as 10.213.0.1/24, with a prefix from 8 to 29',
      ),
    );
  return findings;
}
