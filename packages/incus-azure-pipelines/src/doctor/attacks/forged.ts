/** Frames by which a guest gives itself out for another, or gets around the filters of its own NIC. */

import { forgeries6 } from './forged6.js';
import type { Forgery, Parties } from './forgery.js';
import { arp, BROADCAST, dhcp, EXPERIMENTAL, ethernet, ip, ipv4, mark, type Station, udp } from './frames.js';

const IPV4 = 0x0800;
const ARP = 0x0806;
const VLAN = 0x8100;

const SPANNING_TREE = '01:80:c2:00:00:00';
const MDNS = { mac: '01:00:5e:00:00:fb', address: '224.0.0.251' } as const;
const DISCARD = [9, 9] as const;

export const forgeries: readonly Forgery[] = [
  {
    fact: 'a guest cannot tell its neighbour that it is the gateway',
    reaches: 'victim',
    frame: ({ attacker, victim, gateway }, id) =>
      ethernet(victim.mac, attacker.mac, ARP, arp({ ...gateway, mac: attacker.mac }, victim, mark(id))),
  },
  {
    fact: 'a guest cannot tell all others that it is the gateway',
    reaches: 'victim',
    misleadsOthers: true,
    frame: ({ attacker, gateway }, id) =>
      ethernet(BROADCAST, attacker.mac, ARP, arp({ ...gateway, mac: attacker.mac }, gateway, mark(id))),
  },
  {
    fact: 'a guest cannot tell the host that it is its neighbour',
    reaches: 'host',
    frame: ({ attacker, victim, gateway }, id) =>
      ethernet(gateway.mac, attacker.mac, ARP, arp({ ...victim, mac: attacker.mac }, gateway, mark(id))),
  },
  {
    fact: "a guest cannot send in its neighbour's name with the neighbour's IPv4 address",
    reaches: 'host',
    frame: ({ attacker, victim, gateway }, id) =>
      ethernet(gateway.mac, attacker.mac, IPV4, udp(victim.address, gateway.address, DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot send with the IPv4 address of a foreign network',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) =>
      ethernet(gateway.mac, attacker.mac, IPV4, udp('203.0.113.66', gateway.address, DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot tell its neighbour even where it is itself',
    reaches: 'victim',
    frame: ({ attacker, victim }, id) => ethernet(victim.mac, attacker.mac, ARP, arp(attacker, victim, mark(id))),
  },
  {
    fact: 'a guest cannot send to its neighbour, even in its own name',
    reaches: 'victim',
    frame: ({ attacker, victim }, id) =>
      ethernet(victim.mac, attacker.mac, IPV4, udp(attacker.address, victim.address, DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot send to all others at once',
    reaches: 'victim',
    frame: ({ attacker }, id) =>
      ethernet(MDNS.mac, attacker.mac, IPV4, udp(attacker.address, MDNS.address, [5353, 5353], mark(id))),
  },
  {
    fact: 'a guest cannot send its neighbour somewhere else',
    reaches: 'victim',
    frame: ({ attacker, victim, gateway }, id) =>
      ethernet(
        victim.mac,
        attacker.mac,
        IPV4,
        ipv4(
          gateway.address,
          victim.address,
          1,
          Buffer.concat([Buffer.from([5, 1, 0, 0]), ip(attacker.address), mark(id)]),
        ),
      ),
  },
  {
    fact: 'a guest cannot give out addresses in the place of the bridge',
    reaches: 'victim',
    frame: ({ attacker, victim, gateway }, id) => {
      const offer = dhcp('reply', victim, [
        [53, 2],
        [54, ...ip(attacker.address)],
        [3, ...ip(attacker.address)],
      ]);
      const datagram = udp(gateway.address, '255.255.255.255', [67, 68], Buffer.concat([offer, mark(id)]));
      return ethernet(BROADCAST, attacker.mac, IPV4, datagram);
    },
  },
  ...forgeries6,
  {
    fact: 'a guest cannot reach its neighbour by the tag of a VLAN',
    reaches: 'victim',
    frame: ({ attacker, victim }, id) => tagged(attacker, victim, id),
  },
  {
    fact: "a guest cannot get around the host's filters by the tag of a VLAN",
    reaches: 'host',
    frame: ({ attacker, victim, gateway }, id) => tagged({ ...victim, mac: attacker.mac }, gateway, id),
  },
  {
    fact: "a guest cannot take part in the bridge's spanning tree",
    reaches: 'victim',
    misleadsOthers: true,
    frame: ({ attacker }, id) => {
      const content = Buffer.concat([Buffer.from('424203000000000000', 'hex'), mark(id)]);
      return ethernet(SPANNING_TREE, attacker.mac, content.length, content);
    },
  },
  {
    fact: 'a guest cannot send what is neither ARP nor IP',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) => ethernet(gateway.mac, attacker.mac, EXPERIMENTAL, mark(id)),
  },
  // From here on the bridge is wrong about where the neighbour is.
  {
    fact: "a guest cannot send with its neighbour's MAC",
    reaches: 'host',
    frame: ({ attacker, victim, gateway }, id) =>
      ethernet(gateway.mac, victim.mac, IPV4, udp(attacker.address, gateway.address, DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot send with a MAC of its own choice',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) =>
      ethernet(gateway.mac, '02:00:00:00:66:66', IPV4, udp(attacker.address, gateway.address, DISCARD, mark(id))),
  },
];

/** In VLAN 0, which is none: the kernel takes the tag off and goes on. */
function tagged(from: Station, to: Station, id: string): Buffer {
  const inside = udp(from.address, to.address, DISCARD, mark(id));
  return ethernet(to.mac, from.mac, VLAN, Buffer.concat([Buffer.from([0, 0, 8, 0]), inside]));
}

/** An honest datagram by the gateway, to whatever address. */
export function toUdp({ attacker, gateway }: Parties, address: string, port: number, id: string): Buffer {
  return ethernet(gateway.mac, attacker.mac, IPV4, udp(attacker.address, address, [9, port], mark(id)));
}

/** How the MACs of forged clients of DHCP begin. */
export const FORGED_CLIENT = '02:66:66';

/** As many new clients as there are, which take what they are offered at once; each frame is sent with the guest's own MAC. */
export function leaseFlood({ attacker }: Parties, count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const mac = `${FORGED_CLIENT}:00:${[n >> 8, n & 0xff].map(byte => byte.toString(16).padStart(2, '0')).join(':')}`;
    // Rapid commit: one message takes a lease.
    const discover = dhcp('request', { mac, address: '0.0.0.0' }, [[53, 1], [80]]);
    return ethernet(BROADCAST, attacker.mac, IPV4, udp('0.0.0.0', '255.255.255.255', [68, 67], discover));
  });
}

/** Gives back the victim's address in its name, with the guest's own MAC and address around it. */
export function forgedRelease({ attacker, gateway, victim }: Parties): Buffer {
  const release = dhcp('request', victim, [
    [53, 7],
    [54, ...ip(gateway.address)],
  ]);
  return ethernet(gateway.mac, attacker.mac, IPV4, udp(attacker.address, gateway.address, [68, 67], release));
}
