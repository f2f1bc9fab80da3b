import { expect, test } from 'vitest';
import { aHost, aNetwork, aProject } from '../../test/doctor-facts.js';
import { type Given, judged, MOST, wrong } from '../../test/judged-guest.js';
import { parseRange } from '../lib/ip-ranges.js';
import { checkFirewall, checkNetwork } from './check-network.js';
import type { Blocker, ProjectFacts } from './facts.js';

const blocker = (by: Blocker['by'], hook: Blocker['hook'] = 'forward'): Blocker => ({
  by,
  hook,
  chain: 'filter FORWARD',
});
const only = (one: Blocker) => ({ known: true, value: [one] }) as const;
const route = (text: string, name: string, isDirect = true) => {
  const range = parseRange(text);
  return range === undefined ? [] : [{ interface: name, range, isDirect }];
};
const server = { host: 'dev.azure.com', port: 443, addresses: ['13.107.42.20'], connects: true, http: { status: 200 } };
const cutOff = [{ ...server, connects: false, http: undefined }];
const nameless = [{ ...server, addresses: [], connects: false, http: undefined }];
const homeless = { addresses: [], servers: [], system: 'starting', docker: undefined };

test('where all is well everything is green', () => {
  expect(judged({}).map(({ colour }) => colour)).toEqual(expect.not.arrayContaining(['red', 'yellow', 'grey']));
});

test.each<[string, Given, readonly RegExp[]]>([
  [
    'the subnet is that of the LAN',
    { host: { routes: route('10.9.8.0/22', 'eth0') } },
    [/^red subnet: .*10\.9\.8\.0-10\.9\.11\.255.* by eth0.* -> choose another/],
  ],
  [
    'the server lies in the subnet',
    {
      host: { routes: route('10.9.0.0/16', 'eth0') },
      guest: { servers: [{ ...server, addresses: ['10.9.8.40'], connects: false, http: undefined }] },
    },
    [/^red subnet/, /^red guest-server: .*lies in the subnet/],
  ],
  [
    'the host does not forward',
    { host: { forwards: false }, guest: { servers: cutOff } },
    [/^red ip-forwarding: .* -> set it/, /^red guest-server: .*passes no packets on/],
  ],
  [
    'the range of addresses is small',
    { network: { config: { 'ipv4.address': '10.9.8.1/24', 'ipv4.dhcp.ranges': '10.9.8.2-10.9.8.5' }, leases: 1 } },
    [/^yellow dhcp-range: .*has 4 addresses, and there may be 8/],
  ],
  [
    'all addresses are given out',
    { network: { config: { 'ipv4.address': '10.9.8.1/30' }, leases: 1 }, guest: homeless },
    [/^red dhcp-range: all 1 addresses/, /^red guest-address: .*all 1 of network "incusbr0" are given out/],
  ],
  [
    'docker drops what passes',
    { host: { blockers: only(blocker('docker')) }, guest: { servers: cutOff } },
    [
      /^red guest-server: .*of docker.* -> .*DOCKER-USER -i incusbr0 -o eth0 -j ACCEPT/,
      /^red host-firewall: .* -> .*DOCKER-USER -i incusbr0 -o eth0/,
    ],
  ],
  [
    'ufw drops what passes',
    { host: { blockers: only(blocker('ufw')) }, guest: { servers: cutOff } },
    [/^red guest-server: .*of ufw.* -> .*ufw route allow in on incusbr0 out on eth0$/, /^red host-firewall/],
  ],
  [
    'firewalld refuses what passes',
    { host: { blockers: only(blocker('firewalld')) }, guest: { servers: cutOff } },
    [/^red guest-server: .* -> .*--zone=guests --change-interface=incusbr0/, /^red host-firewall/],
  ],
  [
    'somebody drops what passes',
    { host: { blockers: only(blocker('somebody')) }, guest: { servers: cutOff } },
    [/^red guest-server: .*chain filter FORWARD drops.* -> .*from incusbr0 out by eth0/, /^red host-firewall/],
  ],
  [
    'somebody drops what is for the host',
    { host: { blockers: only(blocker('somebody', 'input')) }, guest: homeless },
    [/^red guest-address: .* -> let in from incusbr0 what asks for names .*53.*67/, /^yellow host-firewall/],
  ],
  [
    'the host does not reach the server either',
    { hostReaches: false, host: { blockers: only(blocker('docker')) }, guest: { servers: cutOff } },
    [
      /^red guest-server: a guest cannot connect to dev\.azure\.com:443, and this host cannot connect to it either -> /,
      /^yellow host-firewall/,
    ],
  ],
  [
    'the host does not find the server either',
    { hostReaches: false, host: { blockers: only(blocker('ufw', 'input')) }, guest: { servers: nameless } },
    [
      /^red guest-server: a guest cannot look up dev\.azure\.com, and this host cannot connect to it either -> /,
      /^yellow host-firewall/,
    ],
  ],
  [
    'a VPN has the address space around the subnet',
    { host: { routes: route('10.0.0.0/8', 'tun0', false) } },
    [/^yellow subnet: .*10\.0\.0\.0-10\.255\.255\.255.* by tun0/],
  ],
  [
    'a VPN has a part of the subnet',
    { host: { routes: route('10.9.8.128/25', 'tun0', false) } },
    [/^red subnet: .* by tun0/],
  ],
  [
    'ufw keeps DHCP away',
    { host: { blockers: only(blocker('ufw', 'input')) }, guest: homeless },
    [/^red guest-address: .* -> .*ufw allow in on incusbr0 to any port 67 proto udp/, /^yellow host-firewall/],
  ],
  [
    'firewalld keeps names away',
    { host: { blockers: only(blocker('firewalld', 'input')) }, guest: { servers: nameless } },
    [/^red guest-server: a guest cannot look up dev\.azure\.com: chain/, /^red host-firewall/],
  ],
  [
    'nobody looks names up',
    { guest: { servers: nameless } },
    [/^red guest-server: a guest cannot look up dev\.azure\.com -> see that the host/],
  ],
  ['DHCP does not answer', { guest: homeless }, [/^red guest-address: it gets no address by DHCP -> .*dnsmasq/]],
  [
    'a guest has an address of IPv6 alone',
    { guest: { addresses: ['fd42::7'] } },
    [/^red guest-address: it has fd42::7, and gets no IPv4 address by DHCP -> .*dnsmasq/],
  ],
  [
    'the rules of setup lack an address',
    {
      network: { config: { 'ipv4.address': '10.9.8.1/24', 'security.acls': 'iap-a1b2c3' } },
      guest: { servers: cutOff },
    },
    [/^red guest-server: .*rules of network .* -> call "setup" again/],
  ],
  [
    'something far away is in the way',
    { guest: { servers: cutOff } },
    [/^red guest-server: a guest cannot connect to dev\.azure\.com:443 -> .*proxy/],
  ],
])('finds that %s', (_, given, says) => {
  expect(wrong(given)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
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
  expect(wrong({ network, guest: { addresses: ['fd42::7'] } })).toEqual([]);
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
