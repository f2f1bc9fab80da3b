import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultRoute, TENTATIVE } from './default-route.js';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n';
const NONE = '0'.repeat(32);
const route6 = (destination: string, prefixLength: string, name: string) =>
  `${destination} ${prefixLength} ${NONE} 00 ${NONE} 00000400 00000001 00000000 00000003     ${name}\n`;
const address6 = (scope: string, flags: string, name = 'eth0') =>
  `fd42000000000000021663fffe2a7b01 07 40 ${scope} ${flags}     ${name}\n`;

const ROUTE = { ipv6_route: route6(NONE, '00', 'eth0') };

test.each([
  ['IPv4 that leads on', { route: `${HEAD}eth0\t00000000\t0109090A\t0003\t0\t0\t1024\t00000000\n` }, true],
  ['IPv4 to neighbours alone', { route: `${HEAD}eth0\t0009090A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n` }, false],
  ['IPv6 that leads on, with an address', { ...ROUTE, if_inet6: address6('00', '00') }, true],
  ['IPv6 with an address for ever', { ...ROUTE, if_inet6: address6('00', '80') }, true],
  ['IPv6 while the address is asked for', { ...ROUTE, if_inet6: address6('00', '40') }, false],
  ['IPv6 with an address that another has', { ...ROUTE, if_inet6: address6('00', 'c8') }, false],
  ['IPv6 with a link-local address alone', { ...ROUTE, if_inet6: address6('20', '80') }, false],
  ['IPv6 that nothing leads on', { ipv6_route: route6(NONE, '00', 'lo'), if_inet6: address6('00', '80') }, false],
  ['no network', {}, false],
])('finds the way out by what the kernel shows: %s', (_, files, wanted) => {
  const shown = { route: HEAD, ...files };
  const folder = mkdtempSync(join(tmpdir(), 'default-route-'));
  try {
    for (const [name, text] of Object.entries(shown)) writeFileSync(join(folder, name), text);
    const script = `${defaultRoute}\ndefault_route 2>/dev/null`.replaceAll('/proc/net', folder);
    expect(spawnSync('sh', ['-c', script]).status === 0).toBe(wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('knows an address that may not be used yet', () => {
  const lines = [address6('00', '40'), address6('00', 'c0'), address6('00', '80'), address6('20', 'c0')];
  expect(lines.map(line => new RegExp(TENTATIVE).test(line))).toEqual([true, true, false, false]);
});
