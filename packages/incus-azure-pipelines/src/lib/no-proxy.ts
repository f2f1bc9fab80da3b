/**
 * What is reached without the proxy. Curl, Go, Microsoft's agent and undici read such lists in four ways; what is accepted here
 * can be said to all of them: names, which stand for what is below them too, addresses, and subnets of IPv4.
 */

import { isIP } from 'node:net';
import { isWithin, parseRange } from './ip-ranges.js';
import { isLoopback } from './loopback.js';

/** Which proxy leads to whom. */
export interface ProxyRoutes {
  /** Proxy of http URLs; undefined where they go straight. */
  readonly http: string | undefined;
  /** Proxy of https URLs; undefined where they go straight. */
  readonly https: string | undefined;
  /** As `parseNoProxy` has returned them. */
  readonly noProxy: readonly string[];
}

/** What every machine reaches by itself. */
export const OWN_NAMES: readonly string[] = ['localhost', '127.0.0.1', '::1'];

const NAME = /^(?=.*[a-z])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Reads an entry: a name, with `.` or `*.` before it or without, an address, or a subnet of IPv4. Undefined for another. */
export function parseNoProxy(text: string): string | undefined {
  const entry = text.toLowerCase().replace(/^\*?\./, '');
  if (NAME.test(entry)) return entry;
  const [address = ''] = entry.split('/');
  const isSubnet = entry.includes('/');
  if (isIP(address) === 0 || parseRange(entry) === undefined) return undefined;
  return isSubnet && isIP(address) === 6 ? undefined : entry;
}

/** The proxy that leads to a URL; undefined where none does. */
export function proxyOf({ hostname, protocol }: URL, proxy: ProxyRoutes | undefined): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === undefined || isLoopback(host) || proxy.noProxy.some(entry => isFor(entry, host))) return undefined;
  return protocol === 'http:' ? proxy.http : proxy.https;
}

function isFor(entry: string, host: string): boolean {
  if (host === entry || (isIP(host) === 0 && host.endsWith(`.${entry}`))) return true;
  const [address, range] = [parseRange(host), parseRange(entry)];
  return address !== undefined && range !== undefined && address.family === range.family && isWithin(address, [range]);
}

/**
 * The pattern by which Microsoft's agent knows what an entry stands for. It looks for it anywhere in `scheme://host`, with the
 * port behind it unless that is the scheme's own.
 */
export function agentPattern(entry: string): string {
  const host = entry.includes('/')
    ? subnetPattern(entry)
    : `${isIP(entry) === 0 ? '([^/]*\\.)?' : ''}${literal(isIP(entry) === 6 ? `[${entry}]` : entry)}`;
  return `^https?://${host}(:[0-9]+)?$`;
}

function subnetPattern(subnet: string): string {
  const [address = '', length = ''] = subnet.split('/');
  const octets = address.split('.').map((octet, index) => {
    const free = 8 - Math.min(8, Math.max(0, Number(length) - 8 * index));
    if (free === 8) return '[0-9]+';
    const first = Number(octet) - (Number(octet) % 2 ** free);
    return free === 0 ? octet : `(${Array.from({ length: 2 ** free }, (_, i) => first + i).join('|')})`;
  });
  return octets.join('\\.');
}

function literal(text: string): string {
  return text.replace(/[.[\]]/g, '\\$&');
}
