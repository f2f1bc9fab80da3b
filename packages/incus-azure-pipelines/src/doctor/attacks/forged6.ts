/** The same over IPv6. What is said in a guest's own name comes from the address that it may use. */
import type { Forgery, Parties } from './forgery.js';
import { ethernet, hardware, mark, number16, type Station } from './frames.js';
import { destinationOptions, icmpv6, ip6, linkLocal, udp6 } from './frames6.js';

const IPV6 = 0x86dd;
const EVERYBODY = { mac: '33:33:00:00:00:01', address: 'ff02::1' } as const;
const ROUTERS = { mac: '33:33:00:00:00:02', address: 'ff02::2' } as const;
const DHCP6 = { mac: '33:33:00:01:00:02', address: 'ff02::1:2' } as const;
const DISCARD = [9, 9] as const;
const ROUTER = 134;
const ECHO = 128;
const REDIRECT = 137;
const OVERRIDE = 0x20;
/** That it answers is a lie, too: so it is believed at once. */
const ANSWER = 0x60;

/** A router advertisement that is over at once, so that nobody is led astray where it arrives. */
const advertisement = (id: string) =>
  Buffer.concat([Buffer.from([ROUTER, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), mark(id)]);

/** A neighbour advertisement: `address` is at `mac`, whatever was known. */
function advertised(address: string, mac: string, flags: number, ...more: readonly Buffer[]): Buffer {
  const head = Buffer.from([136, 0, 0, 0, flags, 0, 0, 0]);
  return Buffer.concat([head, ip6(address), Buffer.from([2, 1]), hardware(mac), ...more]);
}

export const forgeries6: readonly Forgery[] = [
  {
    fact: 'a guest cannot say to others that it is a router of IPv6',
    reaches: 'victim',
    frame: ({ attacker }, id) => message(attacker, EVERYBODY, advertisement(id)),
  },
  {
    fact: 'a guest cannot say to the host that it is a router of IPv6',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) => message(attacker, at(gateway), advertisement(id)),
  },
  {
    fact: 'a guest cannot say to the host behind a header of options that it is a router of IPv6',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) =>
      message(attacker, at(gateway), advertisement(id), destinationOptions(Buffer.alloc(12))),
  },
  {
    fact: 'a guest cannot say to the host that an IPv6 address is its own',
    reaches: 'host',
    frame: ({ attacker, gateway }, id) =>
      message(attacker, at(gateway), advertised('fe80::666', attacker.mac, OVERRIDE, mark(id))),
  },
  {
    fact: 'a guest cannot say to the host that the IPv6 address of its neighbour is its own',
    reaches: 'host',
    frame: ({ attacker, gateway, victim }, id) =>
      message(attacker, at(gateway), advertised(addressOf(victim), attacker.mac, OVERRIDE, mark(id))),
  },
  {
    fact: 'a guest cannot say to its neighbour that the IPv6 address of the gateway is its own',
    reaches: 'victim',
    frame: ({ attacker, gateway, victim }, id) =>
      message(attacker, at(victim), advertised(linkLocal(gateway), attacker.mac, OVERRIDE, mark(id))),
  },
  {
    fact: 'a guest cannot say to all others that the IPv6 address of the gateway is its own',
    reaches: 'victim',
    misleadsOthers: true,
    frame: ({ attacker, gateway }, id) =>
      message(attacker, EVERYBODY, advertised(linkLocal(gateway), attacker.mac, OVERRIDE, mark(id))),
  },
  {
    fact: "a guest cannot send in its neighbour's name with the neighbour's IPv6 address",
    reaches: 'host',
    frame: ({ attacker, gateway, victim }, id) =>
      ethernet(gateway.mac, attacker.mac, IPV6, udp6(addressOf(victim), linkLocal(gateway), DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot send to its neighbour over IPv6, even in its own name',
    reaches: 'victim',
    frame: ({ attacker, victim }, id) =>
      ethernet(victim.mac, attacker.mac, IPV6, udp6(addressOf(attacker), addressOf(victim), DISCARD, mark(id))),
  },
  {
    fact: 'a guest cannot send its neighbour somewhere else over IPv6',
    reaches: 'victim',
    frame: ({ attacker, gateway, victim }, id) => {
      const elsewhere = Buffer.concat([ip6(linkLocal(attacker)), ip6('2001:db8:66::2')]);
      const redirect = Buffer.concat([Buffer.from([REDIRECT, 0, 0, 0, 0, 0, 0, 0]), elsewhere, mark(id)]);
      return ethernet(victim.mac, attacker.mac, IPV6, icmpv6(linkLocal(gateway), linkLocal(victim), redirect));
    },
  },
  {
    fact: 'a guest cannot give out IPv6 addresses in the place of the bridge',
    reaches: 'victim',
    frame: ({ attacker, gateway, victim }, id) => {
      const reply = Buffer.concat([Buffer.from([7, 0, 0, 1]), mark(id)]);
      return ethernet(victim.mac, attacker.mac, IPV6, udp6(linkLocal(gateway), linkLocal(victim), [547, 546], reply));
    },
  },
];

/** From its own address, which a guest may send from where the bridge has IPv6. */
export const sentWithoutIpv6: Forgery = {
  fact: 'a guest cannot send to the host over IPv6 where the bridge has none, even in its own name',
  reaches: 'host',
  frame: ({ attacker, gateway }, id) => {
    const echo = Buffer.concat([Buffer.from([ECHO, 0, 0, 0]), mark(id)]);
    return ethernet(gateway.mac, attacker.mac, IPV6, icmpv6(linkLocal(attacker), linkLocal(gateway), echo));
  },
};

/**
 * The lie that an address of the neighbour's is the guest's own, behind options that hold, where a filter that counts bytes looks
 * for the address and the MAC of who sends it, the guest's own ones.
 */
export function hiddenLie({ attacker, gateway, victim }: Parties): Buffer {
  const own = addressOf(attacker);
  // From byte 44 of the packet on: the filters look at 48 and at 66.
  const options = destinationOptions(
    Buffer.concat([Buffer.alloc(4), ip6(own), Buffer.alloc(2), hardware(attacker.mac)]),
  );
  const lie = advertised(addressOf(victim), attacker.mac, ANSWER);
  return ethernet(gateway.mac, attacker.mac, IPV6, icmpv6(own, linkLocal(gateway), lie, options));
}

/** Asks for routers from a link-local address, which is said to be at the guest's own MAC. */
export function forgedSolicitation(attacker: Station, address: string): Buffer {
  const content = Buffer.concat([Buffer.from([133, 0, 0, 0, 0, 0, 0, 0, 1, 1]), hardware(attacker.mac)]);
  return ethernet(ROUTERS.mac, attacker.mac, IPV6, icmpv6(address, ROUTERS.address, content));
}

/** How the identifiers of forged clients of DHCPv6 begin: with a number that is nobody's. */
export const FORGED_CLIENT6 = '00:02:00:00:66:66';

/** As many new clients of DHCPv6 as there are, which take what they are offered at once, and a last one that only asks and is marked. */
export function leaseFlood6({ attacker }: Parties, count: number): readonly Buffer[] {
  const clients = Array.from({ length: count }, (_, n) => {
    const number = number16(n);
    // An identity association, and rapid commit: one message takes a lease.
    const wishes = [option(3, Buffer.concat([Buffer.alloc(2), number, Buffer.alloc(8)])), option(14, Buffer.alloc(0))];
    return toDhcp6(attacker, 1, Buffer.concat([hardware(FORGED_CLIENT6), Buffer.alloc(2), number]), wishes);
  });
  return [forgedSolicitation(attacker, linkLocal(attacker)), ...clients, toDhcp6(attacker, 11, mark('last'), [])];
}

function toDhcp6(client: Station, type: number, duid: Buffer, options: readonly Buffer[]): Buffer {
  const message = Buffer.concat([Buffer.from([type, 0, 0, 1]), option(1, duid), ...options]);
  return ethernet(DHCP6.mac, client.mac, IPV6, udp6(linkLocal(client), DHCP6.address, [546, 547], message));
}

function option(code: number, content: Buffer): Buffer {
  return Buffer.concat([number16(code), number16(content.length), content]);
}

/** That of a guest, or where it has none the link-local one. */
function addressOf(station: Station): string {
  return station.address6 ?? linkLocal(station);
}

function at(station: Station): Station {
  return { mac: station.mac, address: linkLocal(station) };
}

function message(attacker: Station, to: Station, content: Buffer, options?: Buffer): Buffer {
  return ethernet(to.mac, attacker.mac, IPV6, icmpv6(addressOf(attacker), to.address, content, options));
}
