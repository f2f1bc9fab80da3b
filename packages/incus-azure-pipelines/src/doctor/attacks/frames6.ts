/** The same over IPv6. */
import { checksum, number16 } from './frames.js';

/** By a station's link-local address, which a guest has from its start. */
export function linkLocal({ mac }: { readonly mac: string }): string {
  return `fe80::${interfaceId(mac)}`;
}

/** The last part of an address that is made of a MAC, as Incus has guests use it and the kernel shows it. Source: RFC 4291, appendix A. */
export function interfaceId(mac: string): string {
  const [first = '', ...rest] = mac.split(':');
  const bytes = [(Number.parseInt(first, 16) ^ 2).toString(16).padStart(2, '0'), ...rest];
  const eight = [...bytes.slice(0, 3), 'ff', 'fe', ...bytes.slice(3)];
  return [0, 2, 4, 6].map(at => Number.parseInt(`${eight[at]}${eight[at + 1]}`, 16).toString(16)).join(':');
}

/** The sixteen bytes of an address. */
export function ip6(address: string): Buffer {
  const [before = [], after = []] = address.split('::').map(part => part.split(':').filter(group => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map(group => group.padStart(4, '0')).join(''), 'hex');
}

/** An ICMPv6 message; `options` is a header that comes between, of a whole number of eight bytes. */
export function icmpv6(from: string, to: string, content: Buffer, options: Buffer = Buffer.alloc(0)): Buffer {
  return ipv6(from, to, 58, withChecksum(from, to, 58, content, 2), options);
}

export function udp6(from: string, to: string, [fromPort, toPort]: readonly [number, number], content: Buffer): Buffer {
  const head = Buffer.concat([number16(fromPort), number16(toPort), number16(8 + content.length), Buffer.alloc(2)]);
  return ipv6(from, to, 17, withChecksum(from, to, 17, Buffer.concat([head, content]), 6), Buffer.alloc(0));
}

/** Destination options, as nobody has to understand them, whose content begins four bytes behind their own beginning. */
export function destinationOptions(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([58, (content.length + 4) / 8 - 1, 0x1e, content.length]), content]);
}

function ipv6(from: string, to: string, protocol: number, content: Buffer, options: Buffer): Buffer {
  const length = number16(options.length + content.length);
  const next = options.length > 0 ? 60 : protocol;
  return Buffer.concat([
    Buffer.from([0x60, 0, 0, 0]),
    length,
    Buffer.from([next, 255]),
    ip6(from),
    ip6(to),
    options,
    content,
  ]);
}

function withChecksum(from: string, to: string, protocol: number, content: Buffer, at: number): Buffer {
  const tail = Buffer.concat([number16(content.length), Buffer.from([0, 0, 0, protocol])]);
  const whole = Buffer.from(content);
  checksum(Buffer.concat([ip6(from), ip6(to), Buffer.alloc(2), tail, content])).copy(whole, at);
  return whole;
}
