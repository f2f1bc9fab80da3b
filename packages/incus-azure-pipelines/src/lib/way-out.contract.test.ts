import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type AzurePipelinesClient, connectAzurePipelines } from 'azure-pipelines-client';
import { type Dispatcher, request } from 'undici';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GuardedProxy, startGuardedProxy } from '../../../../testbed/guarded-proxy.js';
import { makePrivateAuthority, type PrivateAuthority } from '../../../../testbed/private-authority.js';
import { type Emulator, startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { Secret } from './secret.js';
import { WayOut, type WayOutOptions } from './way-out.js';

const USER = 'builds';
const PASSWORD = 'p@ss:w0rd/%é';
const SERVER = 'tfs.corp.example';

let trust: PrivateAuthority;
let secure: Emulator;
let plain: Emulator;
let proxy: GuardedProxy;
let password: string;

beforeAll(async () => {
  trust = await makePrivateAuthority(['corp.example']);
});

beforeEach(async () => {
  secure = await startEmulator({ collection: 'tfs/Coll', tls: trust });
  plain = await startEmulator({ collection: 'tfs/Coll' });
  const routes = new Map([
    [`${SERVER}:443`, new URL(secure.url)],
    [`${SERVER}:8080`, new URL(plain.url)],
  ]);
  proxy = await startGuardedProxy({ user: USER, password: PASSWORD, routes });
  password = PASSWORD;
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  await secure.close();
  await plain.close();
});

interface Call {
  readonly url?: string;
  readonly change?: Partial<WayOutOptions>;
}

/** Has a client that goes this way make its calls. */
async function along<T>({ url, change }: Call, calls: (client: AzurePipelinesClient) => Promise<T>): Promise<T> {
  const way = new WayOut({
    proxy: { http: proxy.url, https: proxy.url, noProxy: [], user: USER },
    password: async () => new Secret(password),
    authorities: [trust.authority],
    ...change,
  });
  const dispatcher: Dispatcher = way.open();
  const auth = { kind: 'pat', token: async () => (url?.startsWith('http:') ? plain.token : secure.token) } as const;
  await using client = connectAzurePipelines({ url: url ?? `https://${SERVER}/tfs/Coll`, auth, dispatcher });
  try {
    return await calls(client);
  } finally {
    await dispatcher.destroy();
  }
}

const read = (client: AzurePipelinesClient) => client.pools.findByName('default').then(pool => pool?.name);
const failed = (call: Call) => along(call, read).then(String, error => String(error.message));

test('a server behind TLS is reached by a tunnel, of an authority that only the configuration names', async () => {
  expect(await along({}, read)).toBe('default');
  expect(proxy.passages).toEqual([{ target: `${SERVER}:443`, by: 'tunnel', status: 200 }]);
});

test('a server without TLS is asked for by whole URLs, as a proxy may refuse tunnels to its port', async () => {
  expect(await along({ url: `http://${SERVER}:8080/tfs/Coll` }, read)).toBe('default');
  expect(proxy.passages).toEqual([{ target: `${SERVER}:8080`, by: 'url', status: 200 }]);
});

test('what is to be reached without the proxy is', async () => {
  const change = { proxy: { http: proxy.url, https: proxy.url, noProxy: ['127.0.0.0/8'], user: USER } };
  expect(await along({ url: plain.url, change }, read)).toBe('default');
  expect(proxy.passages).toEqual([]);
});

test('a password that has become another is used from the next call on', async () => {
  await along({}, async client => {
    expect(await read(client)).toBe('default');
    proxy.changePassword('another');
    password = 'another';
    expect(await read(client)).toBe('default');
  });
  expect(proxy.passages.map(({ status }) => status)).toEqual([200, 200]);
});

test.each([
  ['with TLS', `https://${SERVER}/tfs/Coll`],
  ['without TLS', `http://${SERVER}:8080/tfs/Coll`],
])('a refused password is told as the one of the proxy, %s, and never shown', async (_, url) => {
  password = 'wrong-w0rd';
  const said = await failed({ url });
  expect(said).toMatch(/the proxy .*does not take its user and password \(407\); correct them under proxy/);
  expect(said).not.toContain('wrong');
});

test('a way that the proxy does not open is told as such', async () => {
  expect(await failed({ url: 'https://other.example/tfs/Coll' })).toMatch(
    /the proxy 127\.0\.0\.1:\d+ opens no way to other\.example:443 \(403\); have it allowed there/,
  );
});

test('a proxy that is not there is told as such', async () => {
  const gone = 'http://127.0.0.1:9';
  const change = { proxy: { http: gone, https: gone, noProxy: [], user: undefined } };
  expect(await failed({ change })).toMatch(/the proxy 127\.0\.0\.1:9 cannot be reached: ECONNREFUSED/);
});

test('without its authority the server is not trusted', async () => {
  expect(await failed({ change: { authorities: [] } })).toMatch(/is not trusted; .*caCertificates/);
});

test('a password that cannot be read is told where it is wanted', async () => {
  const unread = () => Promise.reject(new Error('read the password of the proxy: there is no file /x'));
  expect(await failed({ change: { password: unread } })).toMatch(/read the password of the proxy: there is no file/);
});

test('a tunnel that the proxy takes its time with holds up no other', async () => {
  const waiting: Socket[] = [];
  const slow = createServer().listen(0, '127.0.0.1');
  slow.on('connect', (message, socket: Socket) => {
    if (message.url === 'slow.example:443') waiting.push(socket);
    else socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n');
  });
  await once(slow, 'listening');
  const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
  const dispatcher = new WayOut({ proxy: { http: url, https: url, noProxy: [], user: undefined } }).open();
  const said = (host: string) =>
    request(`https://${host}`, { dispatcher }).then(String, error => String(error.cause?.message ?? error.message));
  const arrived = once(slow, 'connect');
  const held = said('slow.example');
  await arrived;
  expect(await said('other.example')).toMatch(/opens no way to other\.example:443 \(403\)/);
  expect(waiting).toHaveLength(1);
  for (const socket of waiting) socket.destroy();
  await held;
  await dispatcher.destroy();
  slow.close();
  await once(slow, 'close');
});
