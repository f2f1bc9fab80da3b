/** What guests have to reach that the pools name. */

import { proxyOf } from '../lib/no-proxy.js';
import type { AllowedTarget, PoolSpec } from '../model/pool.js';

/** A server, and what a person calls it. */
export interface NamedServer {
  readonly name: string;
  readonly target: AllowedTarget;
}

/** The servers of the pools and their proxies, each once: Incus takes no rule twice. What a proxy leads to is for the proxy to find. */
export function namedServers(pools: readonly PoolSpec[]): readonly NamedServer[] {
  const servers = pools.flatMap(({ azure, base: { aptMirror }, proxy }) => {
    const mirrors = [aptMirror?.url, aptMirror?.securityUrl].map(url => ['the mirror of packages', url] as const);
    const proxies = [proxy?.http, proxy?.https].map(url => ['the proxy', url] as const);
    const straight = [['the Azure server', azure.url] as const, ...mirrors].filter(
      ([, url]) => url !== undefined && proxyOf(new URL(url), proxy) === undefined,
    );
    return [...straight, ...proxies].flatMap(([what, url]) => (url === undefined ? [] : [serverOf(what, url)]));
  });
  return [...new Map(servers.map(server => [`${server.name} ${server.target.port}`, server])).values()];
}

function serverOf(what: string, url: string): NamedServer {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, prefixLength: undefined, port: Number(port || (protocol === 'http:' ? 80 : 443)) };
  return { name: `${what} ${host}`, target };
}
