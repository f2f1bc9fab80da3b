import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ipv6Off } from './ipv6-off.js';

const address = (scope: string, name: string) => `fd42000000000000021663fffe2a7b01 07 40 ${scope} 80     ${name}\n`;
const LINK_LOCAL = address('20', 'eth0');
const MANAGED = '      Network File: /usr/lib/systemd/network/10-eth0.network';

test.each([
  ['copies do without where there is no IPv6', 'as-found', MANAGED, undefined, true],
  ['copies do without where there is a link-local address alone', 'as-found', MANAGED, LINK_LOCAL, true],
  ['copies do without where another interface has an address', 'as-found', MANAGED, address('00', 'docker0'), true],
  ['copies have it where the network has IPv6', 'as-found', MANAGED, `${LINK_LOCAL}${address('00', 'eth0')}`, false],
  ['copies have it where they are to, whatever was found', 'ipv6', MANAGED, LINK_LOCAL, false],
  [
    'copies are left alone where networkd does not have the interface',
    'as-found',
    '      Driver: veth',
    LINK_LOCAL,
    false,
  ],
])('%s', (_fact, argument, status, shown, isOff) => {
  const folder = mkdtempSync(join(tmpdir(), 'ipv6-off-'));
  try {
    if (shown !== undefined) writeFileSync(join(folder, 'if_inet6'), shown);
    const script = `networkctl() { echo '${status}'; }\n${ipv6Off}`
      .replaceAll('/proc/net', folder)
      .replaceAll('/etc/systemd/network', folder);
    expect(spawnSync('bash', ['-uo', 'pipefail', '-c', script, 'bash', argument]).status).toBe(0);
    const read = () => readFileSync(join(folder, '10-eth0.network.d/iap.conf'), 'utf8');
    if (isOff) expect(read()).toBe('[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n');
    else expect(read).toThrow('ENOENT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
