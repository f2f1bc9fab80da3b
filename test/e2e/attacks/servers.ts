/** Servers of the host that guests are to be kept from. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

export interface HostServers extends AsyncDisposable {
  /** Says `host` to whoever comes over TCP, on every address of the host. */
  readonly tcpPort: number;
  /** Takes in datagrams on every address of the host. */
  readonly udpPort: number;
  /** What came by datagram until now. */
  received(): Promise<readonly string[]>;
}

/** Starts both. */
export async function startHostServers(): Promise<HostServers> {
  const server = createServer(socket => socket.end('host\n')).listen(0, '::');
  await once(server, 'listening');
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  const got: string[] = [];
  socket.on('message', message => got.push(message.toString('latin1')));
  const udpPort = socket.address().port;
  return {
    tcpPort: portOf(server),
    udpPort,
    // One of our own comes behind them.
    async received() {
      await new Promise<void>(resolve => awaitOwn(socket, udpPort, resolve));
      return got.filter(message => message !== OWN);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      socket.close();
    },
  };
}

const OWN = 'own';

function awaitOwn(socket: Socket, port: number, resolve: () => void): void {
  const listen = (message: Buffer): void => {
    if (message.toString() !== OWN) return;
    socket.off('message', listen);
    resolve();
  };
  socket.on('message', listen).send(OWN, port, '127.0.0.1');
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('listen: no address');
  return address.port;
}
