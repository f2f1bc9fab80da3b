/** What guests have to reach that the pools name. */

import type { AllowedTarget, PoolSpec } from '../model/pool.js';

/** A server, and what a person calls it. */
export interface NamedServer {
  readonly name: string;
  readonly target: AllowedTarget;
}

/** The servers of the pools, each once: Incus takes no rule twice. */
export function namedServers(pools: readonly PoolSpec[]): readonly NamedServer[] {
  const servers = pools.flatMap(({ azure, base: { aptMirror } }) => [
    serverOf('the Azure server', azure.url),
    ...[aptMirror?.url, aptMirror?.securityUrl].flatMap(url =>
      url === undefined ? [] : [serverOf('the mirror of packages', url)],
    ),
  ]);
  return [...new Map(servers.map(server => [`${server.name} ${server.target.port}`, server])).values()];
}

function serverOf(what: string, url: string): NamedServer {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, prefixLength: undefined, port: Number(port || (protocol === 'http:' ? 80 : 443)) };
  return { name: `${what} ${host}`, target };
}
