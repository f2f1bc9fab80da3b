import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Emulator } from 'azure-pipelines-emulator';
import type { IncusClient } from 'incus-client';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import { MARKS } from '../../packages/incus-azure-pipelines/src/model/marks.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOutsideHost } from '../../testbed/outside-host.js';
import { despitePassingInterfaces } from '../../testbed/passing-interfaces.js';
import { relay } from '../../testbed/relay.js';
import { runCommand } from '../../testbed/run-command.js';
import type { Scenario } from '../../testbed/scenario.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';

/** Set apart for documents; other tests use other ones. */
const OUTSIDE = { gateway: '198.51.100.129', address: '198.51.100.130' };
const CLASHING = { address: '198.51.100.134/29', only: '198.51.100.133' };

describeOnIncus('doctor', testbed => {
  let scenario: Scenario;
  beforeAll(async () => {
    const settings = { agentCount: 1, docker: true, registration: 'auto' };
    scenario = await startWithBase({ ...testbed(), settings, confined: false });
    return () => scenario[Symbol.asyncDispose]();
  });

  /** What it finds, by check; the worst of those that bear one name. */
  async function examined(
    one = scenario,
  ): Promise<{ readonly code: number | null; readonly found: ReadonlyMap<string, Finding> }> {
    const { code, stderr, stdout } = await runProgram(['doctor', '--config', one.configPath, '--json']);
    expect(stderr).toBe('');
    const { findings, whole } = JSON.parse(stdout) as { findings: readonly Finding[]; whole: boolean };
    expect(whole).toBe(true);
    const found = findings.toSorted((a, b) => BADNESS.indexOf(a.colour) - BADNESS.indexOf(b.colour));
    return { code, found: new Map(found.map(finding => [finding.check, finding])) };
  }

  test('shows with a guest and an agent of its own that all is well, and leaves neither', async () => {
    const before = await scenario.instanceNames();
    const { code, found } = await examined();
    // Agents sign in at the server itself.
    expect(found.get('guest-sign-in')).toBeUndefined();
    for (const check of ['guest-boot', 'guest-address', 'guest-server', 'permission-manage', 'registration'])
      expect(found.get(check), JSON.stringify(found.get(check))).toMatchObject({ colour: 'green' });
    expect(found.get('guest-docker')).toMatchObject({
      colour: 'green',
      says: 'a container runs in a guest (overlay2)',
    });
    expect(found.get('guest-server')?.says).toMatch(/^a guest reaches \S+, which answers \d+$/);
    expect(found.get('daemon')).toMatchObject({ colour: 'yellow', says: expect.stringContaining('no daemon runs') });
    expect([...found.values()].filter(({ colour }) => colour === 'red')).toEqual([]);
    expect(code).toBe(0);
    expect(await scenario.instanceNames()).toEqual(before);
    expect(scenario.emulator.agents()).toEqual([]);
  });

  test('finds that docker stores images in another way than agents need', async () => {
    const { files } = scenario.incus;
    const [base = ''] = (await scenario.instanceNames()).filter(name => name.startsWith('iap-base-'));
    const path = '/etc/docker/daemon.json';
    const before = await files.pull(base, path);
    if (before.type !== 'file') throw new Error(`${path} is no file`);
    await files.push(base, path, '{"storage-driver": "vfs"}');
    onTestFinished(() => files.push(base, path, before.content));
    const { code, found } = await examined();
    expect(found.get('guest-docker')).toMatchObject({
      colour: 'red',
      says: 'a container runs in a guest, but docker stores images by vfs in place of overlay2',
    });
    expect(code).toBe(2);
  });

  test('finds that guests do not get through to where agents sign in, which this host does', async () => {
    // On loopback, where the host finds it, and each guest only itself.
    await using signIn = await startRelay(() => hosted.emulator);
    const emulator = { deployment: 'hosted', tokenOrigin: signIn.origin } as const;
    const settings = { agentCount: 1, docker: false, registration: 'auto' };
    await using hosted: Scenario = await startWithBase({ ...testbed(), settings, emulator, confined: false });
    const { code, found } = await examined(hosted);
    for (const check of ['guest-server', 'registration'])
      expect(found.get(check), JSON.stringify(found.get(check))).toMatchObject({ colour: 'green' });
    expect(found.get('guest-sign-in')).toMatchObject({
      colour: 'red',
      says: expect.stringMatching(`^agents sign in at ${signIn.origin}: a guest cannot connect to 127\\.0\\.0\\.1:`),
      remedy: expect.stringContaining(`let guests through to ${signIn.origin}`),
    });
    expect(code).toBe(2);
  });

  test('names the chain of the host that drops what guests send', async () => {
    const { address, gateway } = OUTSIDE;
    await using outside = await startOutsideHost(gateway, [address]);
    await scenario.configure({
      azure: { pat: 'token', url: `http://${address}:${outside.port}/org`, pool: 'default' },
    });
    await using _chain = await dropAllTo(address);
    const { code, found } = await examined();
    const says = expect.stringMatching(
      /^a guest cannot connect to 198\.51\.100\.130:8080: chain iap_doctor_\S+ forward drops/,
    );
    expect(found.get('guest-server')).toMatchObject({ colour: 'red', says });
    expect(found.get('host-firewall')).toMatchObject({ colour: 'red' });
    expect(code).toBe(2);
  });

  test('names a subnet that is also elsewhere, and a range of addresses that is used up', async () => {
    await using _outside = await startOutsideHost(OUTSIDE.gateway, [OUTSIDE.address]);
    await using network = await clashingNetwork(scenario.incus);
    await using elsewhere = await startWithBase({ ...testbed(), bridge: network.name, confined: false });
    await using _holder = await holdAddress(elsewhere.incus, network.name);
    const { code, found } = await examined(elsewhere);
    expect(found.get('subnet')).toMatchObject({
      colour: 'red',
      says: expect.stringContaining(
        `of "${network.name}" overlaps ${OUTSIDE.address}, which the host reaches by iaplink`,
      ),
    });
    const says = `it gets no address: all 1 of network "${network.name}" are given out`;
    expect(found.get('guest-address')).toMatchObject({ colour: 'red', says });
    expect(found.get('dhcp-range')).toMatchObject({ colour: 'red' });
    expect(code).toBe(2);
  });
});

/** Passes connections to loopback on to an emulator on another address. */
async function startRelay(to: () => Emulator): Promise<AsyncDisposable & { readonly origin: string }> {
  const listening = createServer().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const passing = relay(listening, () => ({ host: new URL(to().url).hostname, port: to().port }));
  return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => passing[Symbol.asyncDispose]() };
}

const BADNESS = ['grey', 'green', 'yellow', 'red'];

/** A chain that drops what passes through this host to one address, and lets all else through. */
async function dropAllTo(address: string): Promise<AsyncDisposable> {
  const table = `iap_doctor_${randomBytes(3).toString('hex')}`;
  const rules = `table ip ${table} {
    chain forward { type filter hook forward priority 0; policy drop; ip daddr != ${address} accept; }
  }`;
  await runCommand('nft', ['-f', '-'], { input: rules });
  return {
    async [Symbol.asyncDispose]() {
      await runCommand('nft', ['delete', 'table', 'ip', table]);
    },
  };
}

/** A network with one address for guests, among those that the host reaches by another interface. */
async function clashingNetwork({ server }: IncusClient): Promise<AsyncDisposable & { readonly name: string }> {
  const name = `iapdoc${randomBytes(3).toString('hex')}`;
  const { address, only } = CLASHING;
  const config = {
    'ipv4.address': address,
    'ipv4.dhcp.ranges': `${only}-${only}`,
    'ipv4.nat': 'false',
    'ipv6.address': 'none',
  };
  await despitePassingInterfaces(() => server.networks.create({ name, type: 'bridge', config }));
  return { name, [Symbol.asyncDispose]: () => despitePassingInterfaces(() => server.networks.delete(name)) };
}

/** A guest that has that address. */
async function holdAddress({ instances, server }: IncusClient, network: string): Promise<AsyncDisposable> {
  const [base = ''] = (await instances.names()).filter(name => name.startsWith('iap-base-'));
  const source = { type: 'copy', source: base, instance_only: true } as const;
  // Else it would be taken for the newest base.
  const config = { [MARKS.owner]: '', [MARKS.baseState]: '' };
  await instances.create({ name: 'holder', source, start: true, ephemeral: true, config });
  await polled(
    () => server.networks.leases(network),
    leases => leases.some(({ address }) => address === CLASHING.only),
  );
  return { [Symbol.asyncDispose]: () => instances.stop('holder', { force: true }) };
}
