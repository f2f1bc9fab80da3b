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
