import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { reachedServers } from './reached-servers.js';

test('a server that takes connections is reached, whatever it then says, and one that refuses them is not', async () => {
  const server = createServer(socket => socket.on('error', () => {}).end('no HTTP\n')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const servers = [
    { host: '127.0.0.1', port },
    { host: '127.0.0.1', port: 9 },
  ];
  const { signal } = new AbortController();
  expect(await reachedServers(servers, signal)).toEqual(
    new Map([
      [`127.0.0.1:${port}`, true],
      ['127.0.0.1:9', false],
    ]),
  );
});
