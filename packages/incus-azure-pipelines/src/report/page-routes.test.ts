import { expect, test } from 'vitest';
import { Onlookers } from '../lib/onlookers.js';
import { pageRoutes } from './page-routes.js';

const NOBODY = {
  async *follow(_: unknown, signal: AbortSignal) {
    yield { event: 'document', id: '1.1', data: '{}' } as const;
    await new Promise(resolve => signal.addEventListener('abort', resolve));
  },
};

function routes(host = '127.0.0.1') {
  const folder = `${import.meta.dirname}/../page`;
  const onlookers = new Onlookers({ now: () => 0 }, () => {});
  return pageRoutes({ feed: NOBODY, onlookers, death: async () => undefined, folder, host });
}

function ask(path: string, headers: Record<string, string>, host?: string): Promise<Response> {
  return Promise.resolve(routes(host).request(`http://localhost${path}`, { headers }));
}

test.each(['localhost:9273', '127.0.0.1:9273', '127.0.0.1', '[::1]:9273'])(
  'whoever asks for %s is answered',
  async host => {
    expect((await ask('/', { host })).status).toBe(200);
  },
);

test.each([
  'evil.example',
  'localhost.evil.example',
  'evil.example:9273',
  '10.0.0.7:9273',
  'localhost@evil.example',
  'evil.example#localhost',
  'local host',
  '',
])('whoever asks for %j is not', async host => {
  for (const path of ['/', '/page.js', '/live', '/deaths/host-a1b2c3-x'])
    expect((await ask(path, { host })).status).toBe(421);
});

test('the name in the configuration is one of ours, and an address where the daemon listens on all of them', async () => {
  expect((await ask('/', { host: 'agents.lan:9273' }, 'agents.lan')).status).toBe(200);
  expect((await ask('/', { host: 'other.lan:9273' }, 'agents.lan')).status).toBe(421);
  expect((await ask('/', { host: '10.0.0.7:9273' }, '0.0.0.0')).status).toBe(200);
  expect((await ask('/', { host: 'evil.example:9273' }, '0.0.0.0')).status).toBe(421);
});

test.each([
  ['::0', '[fe80::7]:9273'],
  ['0:0:0:0:0:0:0:0', '10.0.0.7'],
  ['FD00:0:0::0007', '[fd00::7]:9273'],
  ['fd00::7', '[FD00:0::7]'],
])('where the configuration says %s, %s is one of ours', async (configured, host) => {
  expect((await ask('/', { host }, configured)).status).toBe(200);
});

test('who asks by another name is told which one to use', async () => {
  const refusal = async (host: string) => (await ask('/', { host: 'evil.example' }, host)).text();
  expect(await refusal('::')).toBe('this host is asked for by another name; use an address of this host\n');
  expect(await refusal('agents.lan')).toBe(
    'this host is asked for by another name; use the one in the configuration\n',
  );
});

test('another page may lead to this one, and use nothing of it', async () => {
  const foreign = { host: 'localhost', 'sec-fetch-site': 'cross-site' };
  expect((await ask('/', { ...foreign, 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  for (const path of ['/live', '/page.js', '/deaths/host-a1b2c3-x'])
    for (const mode of ['cors', 'no-cors', 'navigate'])
      expect((await ask(path, { ...foreign, 'sec-fetch-mode': mode })).status).toBe(403);
});

test.each(['/', '/live', '/deaths/host-a1b2c3-x'])('%s is for this page alone, and kept nowhere', async path => {
  const { headers } = await ask(path, { host: 'localhost', origin: 'http://evil.example' });
  expect(headers.get('content-security-policy')?.split('; ')).toEqual([
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
  ]);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
  expect([...headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([]);
});

test('there is nothing that acts', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
    for (const path of ['/', '/live', '/deaths/host-a1b2c3-x', '/drain', '/resume'])
      expect(
        (await routes().request(`http://localhost${path}`, { method, headers: { host: 'localhost' } })).status,
      ).toBe(404);
});

test('who asks for the head of the feed alone takes no room', async () => {
  const app = routes();
  const headers = { host: 'localhost' };
  for (let n = 0; n < 17; n++)
    expect((await app.request('http://localhost/live', { method: 'HEAD', headers })).status).toBe(405);
  const reader = await app.request('http://localhost/live', { headers });
  expect(reader.status).toBe(200);
  await reader.body?.cancel();
});

test('one reader too many is told so, and served once another is gone', async () => {
  const app = routes();
  const open = async () => app.request('http://localhost/live', { headers: { host: 'localhost' } });
  const readers = await Promise.all(Array.from({ length: 16 }, open));
  expect(readers.map(({ status }) => status)).toEqual(Array(16).fill(200));
  const refused = await open();
  expect(refused.status).toBe(503);
  expect(await refused.text()).toBe('16 pages are open already; close one of them\n');
  await readers[0]?.body?.cancel();
  const next = await open();
  expect(next.status).toBe(200);
  for (const reader of [...readers.slice(1), next]) await reader.body?.cancel();
});
