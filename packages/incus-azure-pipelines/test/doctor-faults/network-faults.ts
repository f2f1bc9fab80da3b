/** What may be wrong with the network of guests, and with the firewall of their host. */
import type { Blocker } from '../../src/doctor/facts.js';
import { parseRange } from '../../src/lib/ip-ranges.js';
import { type Given, judged } from '../judged-guest.js';
import type { Fault } from './fault.js';

/** A chain of the host's firewall that drops. */
export const blocker = (by: Blocker['by'], hook: Blocker['hook'] = 'forward'): Blocker => ({
  by,
  hook,
  chain: 'filter FORWARD',
});
/** The one chain that there is. */
export const only = (one: Blocker) => ({ known: true, value: [one] }) as const;
const route = (text: string, name: string, isDirect = true) => {
  const range = parseRange(text);
  return range === undefined ? [] : [{ interface: name, range, isDirect }];
};
const server = { host: 'dev.azure.com', port: 443, addresses: ['13.107.42.20'], connects: true, http: { status: 200 } };
const cutOff = [{ ...server, connects: false, http: undefined }];
const nameless = [{ ...server, addresses: [], connects: false, http: undefined }];
const ipv6Alone = { config: { 'ipv4.address': 'none', 'ipv6.address': 'fd42::1/64' } };
const homeless = { addresses: [], servers: [], system: 'starting', docker: undefined };

const TABLE: readonly (readonly [string, Given, readonly RegExp[]])[] = [
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
    { host: { forwards: { 4: false, 6: true } }, guest: { servers: cutOff } },
    [/^red ip-forwarding: .* -> set it/, /^red guest-server: .*passes no packets on/],
  ],
  [
    'the host does not forward IPv6, which is all that guests have',
    {
      host: { forwards: { 4: true, 6: false } },
      network: ipv6Alone,
      guest: { addresses: ['fd42::7'], servers: cutOff },
    },
    [
      /^red ip-forwarding: .* -> set it with: sysctl -w net\.ipv6\.conf\.all\.forwarding=1/,
      /^red guest-server: .*passes no packets on -> sysctl -w net\.ipv6/,
    ],
  ],
  [
    'a network of IPv6 gives no address',
    { network: ipv6Alone, guest: homeless },
    [/^red guest-address: it gets no address by what the bridge advertises/],
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
];

/** Each where all else is well. */
export const NETWORK_FAULTS: readonly Fault[] = TABLE.map(([name, given, says]) => [name, judged(given), says]);
