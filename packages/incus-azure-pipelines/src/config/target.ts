/** How the file names what guests may reach: `HOST`, `HOST:PORT`, `SUBNET`, `SUBNET:PORT`, IPv6 with a port in brackets. */

import { isIP } from 'node:net';
import type { AllowedTarget } from '../model/pool.js';

const NAME = /^(?=.*[a-z])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** Reads one; undefined when it is none. */
export function parseTarget(text: string): AllowedTarget | undefined {
  const [inner, portText] = splitPort(text);
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (!/^\d{1,5}$/.test(portText ?? '') || port < 1 || port > 65_535)) return undefined;
  const [host = '', lengthText, ...rest] = inner.split('/');
  const family = isIP(host);
  if (rest.length > 0 || (family === 0 && !NAME.test(host))) return undefined;
  if (lengthText === undefined) return { host, prefixLength: undefined, port };
  const prefixLength = Number(lengthText);
  const isLength = /^\d{1,3}$/.test(lengthText) && prefixLength <= (family === 4 ? 32 : 128);
  return family === 0 || !isLength ? undefined : { host, prefixLength, port };
}

/**
 * Whether a text is the host's address on a bridge with the length of its prefix, such as `10.213.0.1/24`. Guests make their
 * own address of IPv6 in a subnet of 64 bits and in no other.
 */
export function isBridgeAddress(text: string, family: 4 | 6): boolean {
  const [host = '', lengthText = '', ...rest] = text.split('/');
  if (rest.length > 0 || isIP(host) !== family) return false;
  const length = /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : 0;
  return family === 6 ? length === 64 : length >= 8 && length <= 29;
}

function splitPort(text: string): readonly [inner: string, port: string | undefined] {
  const bracketed = /^\[([^[\]]*)\](?::(.*))?$/.exec(text);
  if (bracketed !== null)
    return isIP((bracketed[1] ?? '').split('/')[0] ?? '') === 6 ? [bracketed[1] ?? '', bracketed[2]] : ['', undefined];
  const parts = text.split(':');
  return parts.length === 2 ? [parts[0] ?? '', parts[1]] : [text, undefined];
}
