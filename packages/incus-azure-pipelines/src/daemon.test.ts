import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { useConfigFolder } from '../test/config-folder.js';
import { fitIncus, ScriptedIncus } from '../test/scripted-incus.js';
import { loadConfig } from './config/load.js';
import { makeDaemon } from './daemon.js';

const folder = useConfigFolder();

let incus: ScriptedIncus;
let azure: Server;
/** Every connection that Azure was asked for. */
let sockets: Socket[];

beforeEach(async () => {
  incus = await ScriptedIncus.start(fitIncus);
  sockets = [];
  // A connection that is left would stay for minutes.
  azure = createServer({ keepAliveTimeout: 0 }, (_, answer) => {
    answer.writeHead(401, { 'keep-alive': 'timeout=600' }).end();
  }).on('connection', socket => sockets.push(socket));
  azure.listen(0, '127.0.0.1');
  await once(azure, 'listening');
});

afterEach(async () => {
  await incus[Symbol.asyncDispose]();
  azure.closeAllConnections();
  await new Promise(resolve => azure.close(resolve));
});

it('leaves no connection open when a check at its start fails', async () => {
  const { port } = azure.address() as AddressInfo;
  const path = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: debian/13
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
azure: {pat: token, url: "http://127.0.0.1:${port}/team", pool: Default}
`,
  );
  const { signal } = new AbortController();
  await expect(makeDaemon(await loadConfig(path), signal)).rejects.toThrow(/was refused \(401\)/);
  expect(sockets).not.toHaveLength(0);
  await Promise.all(sockets.filter(socket => !socket.destroyed).map(socket => once(socket, 'close')));
});

it('tells of a state directory that cannot be used before it misses a certificate in it', async () => {
  await folder.write('occupied', '');
  const path = await folder.write(
    'confined.yaml',
    `agentCount: 1
baseImage: debian/13
incus: {url: "https://127.0.0.1:9"}
stateDirectory: ${folder.path('occupied')}
azure: {pat: token, url: "http://127.0.0.1:9/team", pool: Default}
`,
  );
  const started = makeDaemon(await loadConfig(path), new AbortController().signal);
  await expect(started).rejects.toThrow(
    /^state directory .*occupied cannot be used .*; set stateDirectory to one that can$/,
  );
});
