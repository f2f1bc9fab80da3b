import { isIP } from 'node:net';

/** Whether a host's name or address is that of the host itself; IPv6 in brackets or without. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}
