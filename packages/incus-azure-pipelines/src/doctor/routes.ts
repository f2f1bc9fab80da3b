import { parseRange } from '../lib/ip-ranges.js';
import type { HostRoute } from './facts.js';

/** The routes in `/proc/net/route`, but for those to everywhere. Addresses stand there in hexadecimal digits, the last byte first. */
export function routesIn(table: string): readonly HostRoute[] {
  return table.split('\n').flatMap(line => {
    const [name = '', destination = '', , , , , , mask = ''] = line.split('\t').map(field => field.trim());
    if (!/^[0-9A-F]{8}$/.test(destination) || !/^[0-9A-F]{8}$/.test(mask)) return [];
    const length = bytesOf(mask).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    const range = length === 0 ? undefined : parseRange(`${bytesOf(destination).join('.')}/${length}`);
    return range === undefined ? [] : [{ interface: name, range }];
  });
}

function bytesOf(hex: string): readonly number[] {
  return [6, 4, 2, 0].map(at => Number.parseInt(hex.slice(at, at + 2), 16));
}
