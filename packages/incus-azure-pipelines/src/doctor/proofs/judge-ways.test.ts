import { expect, test } from 'vitest';
import { type Link, unseenBy, wayOut } from './judge-ways.js';

const bridge = { ifname: 'incusbr0', linkinfo: { info_kind: 'bridge' } };
const link = (info_kind: string, more: Partial<Link> = {}): Link => ({
  ifname: 'x0',
  linkinfo: { info_kind },
  ...more,
});
const OUT = 'the bridge leads to your own network, by x0';

test.each([
  ['two containers and a machine', [link('veth', { link_netnsid: 0 }), link('tun')], undefined],
  ['nobody', [{}], undefined],
  ['what Incus sets the size of packets by', [link('dummy')], undefined],
  ['a network card', [{ ifname: 'x0' }], OUT],
  ['a VLAN of one', [link('vlan')], OUT],
  ['a tunnel of Incus', [link('veth', { link_netnsid: 0 }), link('gretap')], OUT],
  ['another bridge of this host', [link('veth')], OUT],
] as const)('a bridge with %s on it is judged so before anything is sent there', (_, members, why) => {
  expect(wayOut(bridge, members)).toBe(why);
});

test('guests that are on a network card itself, or on what is not known, have a way out', () => {
  expect(wayOut({ ifname: 'eth0' }, [])).toContain('leads to your own network');
  expect(wayOut(undefined, [])).toContain('leads to your own network');
});

test('only what goes to a gateway is seen where nobody answers', () => {
  expect(unseenBy({ dev: 'eth0', gateway: '192.0.2.1' })).toBeUndefined();
  expect(unseenBy({ dev: 'eth0' })).toContain('on a link of its own, by eth0');
  expect(unseenBy(undefined)).toContain('link');
});
