/** Addresses as numbers, and ranges of them. */

import { isIP } from 'node:net';

/** From the first to the last address, both in it. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads an address or a subnet, such as `10.0.0.0/8` or `fd00::1`; undefined when it is none. */
export function parseRange(text: string): IpRange | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const prefixLength = length === undefined ? bits : Number(length);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) return undefined;
  const value = family === 4 ? numberOf(address.split('.'), 10, 8n) : numberOf(groupsOf(address), 16, 16n);
  const size = 1n << BigInt(bits - prefixLength);
  const first = value - (value % size);
  return { family, first, last: first + size - 1n };
}

/** Whether every address of a range lies in one of the others. */
export function isWithin(inner: IpRange, others: readonly IpRange[]): boolean {
  return remainder(inner, others).length === 0;
}

/** What is left of a range without the others, in the order of the addresses. */
export function remainder(whole: IpRange, without: readonly IpRange[]): readonly IpRange[] {
  const { family } = whole;
  const cuts = without.filter(other => other.family === family).toSorted((a, b) => (a.first < b.first ? -1 : 1));
  const left: IpRange[] = [];
  let next = whole.first;
  for (const { first, last } of cuts) {
    if (last < next || first > whole.last) continue;
    if (first > next) left.push({ family, first: next, last: first - 1n });
    next = last + 1n;
  }
  return next > whole.last ? left : [...left, { family, first: next, last: whole.last }];
}

/** Writes a range as Incus reads it: `10.0.0.0-10.255.255.255`, or an address alone. */
export function formatRange({ family, first, last }: IpRange): string {
  return first === last ? formatIp(family, first) : `${formatIp(family, first)}-${formatIp(family, last)}`;
}

function formatIp(family: 4 | 6, value: bigint): string {
  const [count, bits, base] = family === 4 ? [4, 8n, 10] : [8, 16n, 16];
  const parts = Array.from({ length: count }, (_, i) => {
    const shift = bits * BigInt(count - 1 - i);
    return ((value >> shift) & ((1n << bits) - 1n)).toString(base);
  });
  return parts.join(family === 4 ? '.' : ':');
}

function numberOf(parts: readonly string[], base: number, bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) + BigInt(Number.parseInt(part, base)), 0n);
}

/** The eight groups of an IPv6 address, zeros for what `::` stands for, and an IPv4 address at its end as two groups. */
function groupsOf(address: string): readonly string[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => text.split(':').filter(group => group !== '');
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)];
}
