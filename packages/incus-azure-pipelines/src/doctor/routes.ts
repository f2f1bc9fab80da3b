import { parseRange } from '../lib/ip-ranges.js';
import type { HostFacts } from './facts.js';

/**
 * The routes in `/proc/net/route`, where addresses stand in hexadecimal digits, the last byte first. What lies behind one of the
 * interfaces in `tunnels` is not on its link, though no gateway is named.
 */
export function routesIn(table: string, tunnels: ReadonlySet<string>): Pick<HostFacts, 'routes' | 'uplink'> {
  const lines = table.split('\n').flatMap(line => {
    const [name = '', destination = '', gateway = '', , , , , mask = ''] = line.split('\t').map(field => field.trim());
    if (![destination, gateway, mask].every(field => /^[0-9A-F]{8}$/.test(field))) return [];
    const length = bytesOf(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    const range = parseRange(`${bytesOf(destination).join('.')}/${length}`);
    const isDirect = gateway === '00000000' && !tunnels.has(name);
    return range === undefined ? [] : [{ interface: name, range, isDirect, length }];
  });
  return {
    routes: lines.flatMap(({ length, ...route }) => (length === 0 ? [] : [route])),
    uplink: lines.find(({ length }) => length === 0)?.interface,
  };
}

function bytesOf(hex: string): readonly number[] {
  return [6, 4, 2, 0].map(at => Number.parseInt(hex.slice(at, at + 2), 16));
}
