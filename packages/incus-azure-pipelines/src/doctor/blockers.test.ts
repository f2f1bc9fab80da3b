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

test('the chain of docker drops what passes', () => {
  const nftables = [
    base('filter', 'FORWARD', 'forward', 'drop'),
    chain('filter', 'DOCKER-USER'),
    chain('filter', 'DOCKER-FORWARD'),
  ];
  expect(blockersOfNft({ nftables })).toEqual([{ hook: 'forward', by: 'docker', chain: 'filter FORWARD' }]);
});

test('those of ufw drop what passes and what is for the host', () => {
  const nftables = [
    base('filter', 'INPUT', 'input', 'drop'),
    base('filter', 'FORWARD', 'forward', 'drop'),
    chain('filter', 'ufw-before-input'),
    chain('filter', 'DOCKER-USER'),
  ];
  expect(blockersOfNft({ nftables })).toEqual([
    { hook: 'input', by: 'ufw', chain: 'filter INPUT' },
    { hook: 'forward', by: 'ufw', chain: 'filter FORWARD' },
  ]);
});

test('firewalld lets through by policy, and refuses by its last rule', () => {
  const refusal = { reject: { type: 'icmpx', expr: 'admin-prohibited' } };
  const nftables = [
    base('firewalld', 'filter_FORWARD', 'forward', 'accept', 'inet'),
    rule('firewalld', 'filter_FORWARD', [{ jump: { target: 'filter_FORWARD_POLICIES' } }], 'inet'),
    rule('firewalld', 'filter_FORWARD', [refusal], 'inet'),
  ];
  expect(blockersOfNft({ nftables })).toEqual([
    { hook: 'forward', by: 'firewalld', chain: 'firewalld filter_FORWARD' },
  ]);
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

test('the older tables of iptables are read from their own words', () => {
  const text =
    '-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n-N DOCKER\n-N DOCKER-USER\n-A FORWARD -j DOCKER-USER\n';
  expect(blockersOfLegacy(text)).toEqual([{ hook: 'forward', by: 'docker', chain: 'filter FORWARD (legacy)' }]);
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
