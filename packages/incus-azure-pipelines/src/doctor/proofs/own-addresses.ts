/** What this host is to its guests: addresses, and servers that they are to be kept from. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

const MOST_ADDRESSES = 8;

export interface HostServers extends AsyncDisposable {
  readonly there: readonly { readonly address: string; readonly port: number }[];
}

/** Has this host say `host` to whoever comes to one of these addresses, at ports that are free. Leaves out where it cannot listen. */
export async function startHostServers(addresses: readonly string[]): Promise<HostServers> {
  const servers: Server[] = [];
  const there: { address: string; port: number }[] = [];
  for (const address of addresses) {
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.end('host\n');
    });
    const isListening = once(server, 'listening').then(
      () => true,
      () => false,
    );
    server.listen(0, address);
    if (!(await isListening)) continue;
    servers.push(server);
    const at = server.address();
    if (at !== null && typeof at === 'object') there.push({ address, port: at.port });
  }
  return {
    there,
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.close();
    },
  };
}

/** The IPv4 address that this host has on a bridge. */
export function gatewayOf(bridge: string): string | undefined {
  return networkInterfaces()[bridge]?.find(({ family }) => family === 'IPv4')?.address;
}

/** Whether this host has more of IPv6 on a bridge than what every interface has. */
export function hasIpv6(bridge: string): boolean {
  const addresses = networkInterfaces()[bridge] ?? [];
  return addresses.some(({ address, family }) => family === 'IPv6' && !address.startsWith('fe80:'));
}

/** IPv4 addresses that others reach this host by, without those of one interface. */
export function otherAddresses(bridge: string): readonly string[] {
  const others = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    name === bridge ? [] : (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal),
  );
  return others.map(({ address }) => address).slice(0, MOST_ADDRESSES);
}
