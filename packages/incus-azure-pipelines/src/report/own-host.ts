import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { isLoopback } from '../lib/loopback.js';

/** What a browser may do with the page: load its own parts from here, and nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Lets in who asks for this host by its own name, so that no foreign page reaches it by a name of its own that leads here.
 * Where the daemon listens on every address, an address will do: it cannot be made to lead elsewhere.
 */
export function ownHostOnly(configured: string): MiddlewareHandler {
  const own = hostOf(isIP(configured) === 6 ? `[${configured}]` : configured) ?? configured.toLowerCase();
  const isEverywhere = own === '0.0.0.0' || own === '::';
  const remedy = isEverywhere ? 'use an address of this host' : 'use the one in the configuration';
  return async (c, next) => {
    const host = hostOf(c.req.header('host'));
    const isOurs = host !== undefined && (isLoopback(host) || host === own || (isEverywhere && isIP(host) !== 0));
    if (!isOurs) return c.text(`this host is asked for by another name; ${remedy}\n`, 421);
    const site = c.req.header('sec-fetch-site') ?? 'none';
    // A link from elsewhere may lead to the page, and to nothing else.
    const isVisit = c.req.path === '/' && c.req.header('sec-fetch-mode') === 'navigate';
    if (site !== 'same-origin' && site !== 'none' && !isVisit)
      return c.text('only the page itself may ask for this\n', 403);
    await next();
    c.header('content-security-policy', POLICY);
    c.header('x-content-type-options', 'nosniff');
    c.header('cache-control', 'no-store');
    c.header('referrer-policy', 'no-referrer');
    c.header('cross-origin-resource-policy', 'same-origin');
    c.header('cross-origin-opener-policy', 'same-origin');
    return undefined;
  };
}

/** The name in a Host header, the shortest way to write it, without port and brackets; undefined for what is none. */
function hostOf(header: string | undefined): string | undefined {
  if (header === undefined || !URL.canParse(`http://${header}`)) return undefined;
  const { hash, hostname, password, pathname, search, username } = new URL(`http://${header}`);
  if (`${username}${password}${search}${hash}` !== '' || pathname !== '/') return undefined;
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
