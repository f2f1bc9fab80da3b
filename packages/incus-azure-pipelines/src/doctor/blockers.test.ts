import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatRange } from '../lib/ip-ranges.js';
import { blockersOfLegacy, blockersOfNft } from './blockers.js';
import { routesIn } from './routes.js';

const chain = (table: string, name: string, more: object = {}, family = 'ip') => ({
  chain: { family, table, name, handle: 1, ...more },
});
const base = (table: string, name: string, hook: string, policy: string, family = 'ip') =>
  chain(table, name, { type: 'filter', hook, prio: 0, policy }, family);
const rule = (table: string, name: string, expr: readonly object[], family = 'ip') => ({
  rule: { family, table, chain: name, handle: 2, expr },
});

const recorded = (file: string) => readFileSync(join(import.meta.dirname, 'testdata/firewalls', file), 'utf8');

test.each([
  ['docker.ruleset', [{ hook: 'forward', by: 'docker', chain: 'filter FORWARD' }]],
  [
    'ufw.ruleset',
    [
      { hook: 'input', by: 'ufw', chain: 'filter INPUT' },
      { hook: 'forward', by: 'ufw', chain: 'filter FORWARD' },
    ],
  ],
  // By policy it lets through, and refuses by its last rule.
  [
    'firewalld.ruleset',
    [
      { hook: 'input', by: 'firewalld', chain: 'firewalld filter_INPUT' },
      { hook: 'forward', by: 'firewalld', chain: 'firewalld filter_FORWARD' },
    ],
  ],
] as const)('what keeps packets away is found in the recorded %s', (file, blockers) => {
  expect(blockersOfNft(JSON.parse(recorded(file)))).toEqual(blockers);
});

test('ufw is named for the chain of the host that docker shares with it', () => {
  const { nftables } = JSON.parse(recorded('ufw.ruleset')) as { nftables: readonly object[] };
  const both = { nftables: [...nftables, chain('filter', 'DOCKER-USER')] };
  expect(new Set(blockersOfNft(both).map(({ by }) => by))).toEqual(new Set(['ufw']));
});

test('a newer docker, which was not recorded, is known by its chains too', () => {
  const nftables = [base('filter', 'FORWARD', 'forward', 'drop'), chain('filter', 'DOCKER-FORWARD')];
  expect(blockersOfNft({ nftables })).toEqual([{ hook: 'forward', by: 'docker', chain: 'filter FORWARD' }]);
});

test('the chains of Incus, and those for IPv6 alone, keep nobody away', () => {
  const nftables = [
    base('incus', 'fwd.incusbr0', 'forward', 'accept', 'inet'),
    rule('incus', 'fwd.incusbr0', [{ match: {} }, { accept: null }], 'inet'),
    rule('incus', 'fwd.incusbr0', [{ match: { op: '==' } }, { drop: null }], 'inet'),
    base('filter', 'FORWARD', 'forward', 'drop', 'ip6'),
    base('nat', 'POSTROUTING', 'postrouting', 'accept'),
  ];
  expect(blockersOfNft({ nftables })).toEqual([]);
  expect(blockersOfNft({})).toEqual([]);
});

test('the older tables of iptables are read from their own words, as recorded of docker', () => {
  expect(blockersOfLegacy(recorded('docker-legacy.rules'))).toEqual([
    { hook: 'forward', by: 'docker', chain: 'filter FORWARD (legacy)' },
  ]);
});

test('the routes of the host are ranges of addresses; the one to everywhere names its uplink', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'tun0\t0000100A\t00000000\t0001\t0\t0\t0\t0000F0FF\t0\t0\t0',
    'eth0\t0000000A\t0101A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0',
  ].join('\n');
  const { routes, uplink } = routesIn(table, new Set(['tun0']));
  expect(
    routes.map(({ interface: name, isDirect, range }) => `${name} ${formatRange(range)}${isDirect ? ' direct' : ''}`),
  ).toEqual(['eth0 192.168.1.0-192.168.1.255 direct', 'tun0 10.16.0.0-10.31.255.255', 'eth0 10.0.0.0-10.255.255.255']);
  expect(uplink).toBe('eth0');
});
