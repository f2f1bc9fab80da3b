import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import { FIT, fitIncus, ScriptedIncus } from '../../packages/incus-azure-pipelines/test/scripted-incus.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { workTree } from '../../testbed/work-tree.js';
import { startClosedNetwork } from './closed-network.js';

const RECORDED = join(workTree(), 'packages/incus-azure-pipelines/src/doctor/testdata/firewalls');
/** By what it has the kernel do, as recorded of docker. */
const LEGACY = `while read -r rule; do iptables-legacy $rule; done <${RECORDED}/docker-legacy.rules`;
const UFW = [
  'iptables-nft -N ufw-user-input',
  'iptables-nft -A INPUT -i lo -j ACCEPT',
  'iptables-nft -A INPUT -j ufw-user-input',
  'iptables-nft -P INPUT DROP',
  'iptables-nft -P FORWARD DROP',
].join('; ');
const link = (name: string, to: string) =>
  `ip link add ${name} type bridge; ip link set ${name} up; ip route add ${to} dev ${name}`;
const tunnel = (to: string) => `ip tuntap add tun0 mode tun; ip link set tun0 up; ip route add ${to} dev tun0`;
const FORWARDS = 'echo 1 | tee /proc/sys/net/ipv4/ip_forward >/proc/sys/net/ipv6/conf/all/forwarding';
const SUBNET = { 'ipv4.address': '10.9.8.1/24' };
const IPV6_ALONE = { 'ipv4.address': 'none', 'ipv6.address': 'fd42::1/64' };

/** What is done to the host before the look, in which network of Incus guests are, and what is found then. */
type Fault = readonly [name: string, seed: string, says: Readonly<Record<string, RegExp>>, network?: object];

const FAULTS: readonly Fault[] = [
  [
    'docker drops what passes, in the older tables of iptables',
    `${LEGACY}; ${link('wan0', 'default')}`,
    { 'host-firewall': /^yellow chain filter FORWARD \(legacy\), of docker, .* DOCKER-USER -i incusbr0 -o wan0 / },
  ],
  [
    'somebody drops what is for the host, in the older tables of iptables',
    'iptables-legacy -A INPUT -i lo -j ACCEPT; iptables-legacy -P INPUT DROP',
    { 'host-firewall': /^yellow chain filter INPUT \(legacy\) drops what is for the host itself .* 53.* 67/ },
  ],
  [
    'ufw drops what passes and what is for the host',
    UFW,
    { 'host-firewall': /^yellow chain filter INPUT, of ufw, .* and chain filter FORWARD, of ufw, .* ufw route allow/ },
  ],
  [
    'firewalld refuses what passes and what is for the host',
    `nft --json --file ${RECORDED}/firewalld.ruleset`,
    { 'host-firewall': /^yellow chain firewalld filter_INPUT, of firewalld, .* filter_FORWARD, of firewalld, / },
  ],
  [
    'the host passes no packets on',
    'echo 0 >/proc/sys/net/ipv4/ip_forward',
    { 'ip-forwarding': /^red net\.ipv4\.ip_forward is 0: .* sysctl -w net\.ipv4\.ip_forward=1/ },
  ],
  [
    'the host passes no packets of IPv6 on, which is all that guests have',
    'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding',
    { 'ip-forwarding': /^red net\.ipv6\.conf\.all\.forwarding is 0: / },
    IPV6_ALONE,
  ],
  [
    'the neighbours of the host have the addresses of guests',
    link('lan0', '10.8.0.0/14'),
    {
      subnet: /^red subnet 10\.9\.8\.1\/24 .* overlaps 10\.8\.0\.0-10\.11\.255\.255, which the host reaches by lan0: /,
    },
  ],
  [
    'a tunnel leads to the addresses around those of guests',
    tunnel('10.8.0.0/14'),
    {
      subnet:
        /^yellow subnet 10\.9\.8\.1\/24 .* lies in 10\.8\.0\.0-10\.11\.255\.255, which the host reaches by tun0: /,
    },
  ],
  [
    'a tunnel leads to some of the addresses of guests',
    tunnel('10.9.8.128/25'),
    { subnet: /^red subnet .* overlaps 10\.9\.8\.128-10\.9\.8\.255, which the host reaches by tun0: / },
  ],
  [
    'the package of Incus has flaws',
    'mount --bind packages /var/lib/dpkg/status',
    { 'incus-flaws': /^yellow Incus 6\.0\.4-2\+deb13u4 has 17 flaws .* update Incus to \+deb13u\d+ or later/ },
  ],
  // The kernel has one such number for all that runs on it, other tests among them: it is shown another one, and keeps its own.
  [
    'the kernel lets nobody have enough of inotify',
    'mount --bind limit /proc/sys/fs/inotify/max_user_instances',
    { inotify: /^red fs\.inotify\.max_user_instances is 5, and 3 guests need 30: .* sysctl -w/ },
  ],
  [
    'agents may take more memory than there is',
    'mv large.json config.json',
    { 'host-memory': /^yellow agents may take 4096 GiB together, and the host has [\d.]+ GiB/ },
  ],
];

const PACKAGES = `Package: incus-base
Status: install ok installed
Version: 6.0.4-2+deb13u4

Package: other
Status: install ok installed
Version: 1
`;

describeOnIncus('doctor, on a host of its own', () => {
  let directory: string;
  let incus: ScriptedIncus;
  let network: object;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'doctor-host-'));
    await writeFile(join(directory, 'packages'), PACKAGES);
    await writeFile(join(directory, 'limit'), '5\n');
    incus = await ScriptedIncus.start(call => answerOf(call, network));
  });
  afterAll(async () => {
    await incus[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  /** What is found after this was done to a host that has a network of its own, and its own view of the file system. */
  async function foundAfter(seed: string, config: object): Promise<ReadonlyMap<string, Finding>> {
    network = config;
    await using closed = await startClosedNetwork();
    const path = join(directory, 'config.json');
    await writeFile(path, configuration());
    await writeFile(join(directory, 'large.json'), configuration({ maxRamInGb: 4096 }));
    const script = `set -e; cd ${directory}; ${FORWARDS}; ${seed}; exec "$@"`;
    const within = [...closed.within, 'sh', '-c', script, 'sh'];
    const { stderr, stdout } = await runProgram(['doctor', '--config', path, '--json'], { within });
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return new Map(findings.map(finding => [finding.check, finding]));
  }

  function configuration(given: object = {}): string {
    return JSON.stringify({
      agentCount: 1,
      baseImage: 'local:none',
      incus: { socket: incus.socketPath },
      stateDirectory: join(directory, 'state'),
      controlSocket: join(directory, 'control.sock'),
      azure: { pat: 'token', url: 'http://127.0.0.1:9/none', pool: 'Default' },
      ...given,
    });
  }

  test.each([
    ['IPv4', SUBNET],
    ['IPv6 alone', IPV6_ALONE],
  ])('finds nothing wrong with one where all is well for guests of %s', async (_, config) => {
    const found = await foundAfter('true', config);
    const checks = new Set(FAULTS.flatMap(([, , says]) => Object.keys(says)));
    // The Incus is one that has flaws, whatever package it is of.
    checks.delete('incus-flaws');
    expect([...checks].filter(check => !['green', 'grey'].includes(found.get(check)?.colour ?? 'none'))).toEqual([]);
  });

  const each = FAULTS.map(([name, seed, says, config = SUBNET]) => [name, seed, says, config] as const);
  test.each(each)('finds that %s', async (_, seed, says, config) => {
    const found = await foundAfter(seed, config);
    for (const [check, pattern] of Object.entries(says)) {
      const finding = found.get(check);
      expect(`${finding?.colour} ${finding?.says} -> ${finding?.remedy}`).toMatch(pattern);
    }
  });
});

/** One in which guests are on a network of Incus, and nothing can be made. */
function answerOf(call: string, config: object): number | object {
  switch (call) {
    case 'GET /1.0':
      return FIT;
    case 'GET /1.0/profiles/default':
      return {
        name: 'default',
        config: {},
        devices: { root: { type: 'disk', path: '/' }, eth0: { type: 'nic', network: 'incusbr0' } },
      };
    case 'GET /1.0/networks/incusbr0':
      return { name: 'incusbr0', managed: true, type: 'bridge', config };
    case 'GET /1.0/instances':
    case 'GET /1.0/projects':
      return [];
    default:
      return fitIncus(call);
  }
}
