/** Ethernet frames as a liar would write them, each with a mark by which it is known where it arrives. */

export interface Station {
  readonly mac: string;
  readonly address: string;
  /** Its address of IPv6, where it has one beside its link-local one. */
  readonly address6?: string;
}

export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
/** The type of a frame that is no protocol's. */
export const EXPERIMENTAL = 0x88b5;

/** What every frame carries at its end: the mark by which it is known. */
export function mark(id: string): Buffer {
  return Buffer.from(`iap-attack:${id}.`);
}

export function ethernet(to: string, from: string, type: number, content: Buffer): Buffer {
  const padded = Buffer.concat([content, Buffer.alloc(Math.max(0, 46 - content.length))]);
  return Buffer.concat([hardware(to), hardware(from), number16(type), padded]);
}

/** An answer to a question that nobody has asked: `sender` is where the address of `sender` is. */
export function arp(sender: Station, target: Station, content: Buffer): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4, 0, 2]);
  return Buffer.concat([
    head,
    hardware(sender.mac),
    ip(sender.address),
    hardware(target.mac),
    ip(target.address),
    content,
  ]);
}

export function udp(from: string, to: string, [fromPort, toPort]: readonly [number, number], content: Buffer): Buffer {
  const datagram = Buffer.concat([
    number16(fromPort),
    number16(toPort),
    number16(8 + content.length),
    Buffer.alloc(2),
    content,
  ]);
  return ipv4(from, to, 17, datagram);
}

export function ipv4(from: string, to: string, protocol: number, content: Buffer): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x45, 0]),
    number16(20 + content.length),
    Buffer.from([0, 0, 0, 0, 64, protocol, 0, 0]),
    ip(from),
    ip(to),
  ]);
  checksum(head).copy(head, 10);
  return Buffer.concat([head, content]);
}

/** A message of DHCP with these options, from or to a client: the address is the one that it has, or is to have. */
export function dhcp(
  operation: 'request' | 'reply',
  { mac, address }: Station,
  options: readonly (readonly [number, ...number[]])[],
): Buffer {
  const fixed = Buffer.alloc(236);
  fixed.set([operation === 'request' ? 1 : 2, 1, 6, 0]);
  fixed.set(hardware(mac).subarray(2), 4);
  ip(address).copy(fixed, operation === 'request' ? 12 : 16);
  hardware(mac).copy(fixed, 28);
  const listed = options.map(([code, ...value]) => Buffer.from([code, value.length, ...value]));
  return Buffer.concat([fixed, Buffer.from([0x63, 0x82, 0x53, 0x63]), ...listed, Buffer.from([255])]);
}

/** The four bytes of an IPv4 address. */
export function ip(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** The six bytes of a MAC. */
export function hardware(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

/** Two bytes, the higher one first. */
export function number16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** RFC 1071. */
export function checksum(content: Buffer): Buffer {
  let sum = 0;
  for (let at = 0; at < content.length; at += 2) sum += ((content[at] ?? 0) << 8) | (content[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return number16(~sum & 0xffff);
}
