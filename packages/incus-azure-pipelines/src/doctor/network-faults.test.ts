import { expect, test } from 'vitest';
import { aHost, aNetwork, aProject } from '../../test/doctor-facts.js';
import { wrongOf } from '../../test/doctor-faults/fault.js';
import { blocker, NETWORK_FAULTS, only } from '../../test/doctor-faults/network-faults.js';
import { judged, MOST } from '../../test/judged-guest.js';
import { checkFirewall, checkNetwork } from './check-network.js';
import type { ProjectFacts } from './facts.js';

test('where all is well everything is green', () => {
  expect(judged({}).map(({ colour }) => colour)).toEqual(expect.not.arrayContaining(['red', 'yellow', 'grey']));
});

test.each(NETWORK_FAULTS)('finds that %s', (_, finds, says) => {
  expect(wrongOf(finds)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});

test('a firewall that lets guests through is green, and one that was not tried is yellow', () => {
  const host = aHost({ blockers: only(blocker('docker')) });
  expect([true, undefined, false].map(through => checkFirewall(host, through, 'incusbr0').colour)).toEqual([
    'green',
    'yellow',
    'red',
  ]);
});

test('where a network gives out no IPv4, an address of IPv6 is enough', () => {
  const network = { config: { 'ipv4.address': 'none', 'ipv6.address': 'fd42::1/64' } };
  const found = judged({ network, host: { forwards: { 4: false, 6: true } }, guest: { addresses: ['fd42::7'] } });
  expect(wrongOf(found)).toEqual([]);
});

test('what cannot be seen is not judged, and why it cannot is told', () => {
  const grey = (check: string, says: string) => ({ check, colour: 'grey', says });
  const judgedOf = (given: Partial<ProjectFacts>) => checkNetwork(aProject(given), aHost(), MOST);
  expect(judgedOf({ network: undefined, devices: undefined })).toEqual([grey('network', 'there is no project')]);
  expect(judgedOf({ network: undefined, devices: { root: { type: 'disk', path: '/' } } })).toEqual([
    grey('network', 'the default profile has no network'),
  ]);
  expect(judgedOf({ network: undefined })).toEqual([
    grey('network', 'Incus does not show the network of the profile to this client'),
  ]);
  expect(judgedOf({ network: aNetwork({ leases: undefined }) })).toContainEqual(
    grey('dhcp-range', '253 addresses for at most 8 guests; this client is not told how many are given out'),
  );
  const blockers = { known: false, error: 'there is no nft to ask' } as const;
  expect(checkFirewall(aHost({ blockers }), true, 'incusbr0')).toEqual(
    grey('host-firewall', 'the firewall of the host was not read: there is no nft to ask'),
  );
});
