/** Servers of this host that guests are to be kept from, for as long as that is tried. */
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

/** IPv4 addresses that others reach this host by, without those of one interface. */
export function otherAddresses(bridge: string): readonly string[] {
  const others = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    name === bridge ? [] : (addresses ?? []).filter(({ family, internal }) => family === 'IPv4' && !internal),
  );
  return others.map(({ address }) => address).slice(0, MOST_ADDRESSES);
}
