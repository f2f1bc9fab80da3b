import { expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import { namedServers } from './named-servers.js';

const mirror = (url: string, securityUrl?: string) => ({
  ...aPool(),
  base: { ...aPool().base, aptMirror: { url, securityUrl, suites: undefined, components: undefined, key: undefined } },
});

const named = (...pools: ReturnType<typeof aPool>[]) =>
  namedServers(pools).map(({ name, target: { host, port } }) => [name, host, port]);

const SERVER = ['the Azure server azure.test', 'azure.test', 443];

test('the server of several pools is named once', () => {
  const other = { url: 'https://azure.test/other', agentPool: 'agents' };
  expect(named(aPool(), aPool({ name: 'two' }), aPool({ azure: other }))).toEqual([SERVER]);
});

test('mirrors are named with their ports, each once', () => {
  const pool = mirror('http://[fd00::1]:3142/debian', 'http://[fd00::1]:3142/debian-security');
  expect(named(pool, mirror('http://mirror.example/ubuntu'))).toEqual([
    SERVER,
    ['the mirror of packages fd00::1', 'fd00::1', 3142],
    ['the mirror of packages mirror.example', 'mirror.example', 80],
  ]);
});

test('where proxies lead to the servers, they are named in their place', () => {
  const proxy = {
    http: 'http://a.example:3128',
    https: 'http://b.example:80',
    noProxy: ['near.example'],
    user: undefined,
  };
  const near = { url: 'https://tfs.near.example/Coll', agentPool: 'agents' };
  const proxies = [
    ['the proxy a.example', 'a.example', 3128],
    ['the proxy b.example', 'b.example', 80],
  ];
  expect(named({ ...mirror('http://mirror.example/debian'), proxy })).toEqual(proxies);
  expect(named(aPool({ proxy, azure: near }))).toEqual([
    ['the Azure server tfs.near.example', 'tfs.near.example', 443],
    ...proxies,
  ]);
});
