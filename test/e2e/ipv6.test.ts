import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { freePort } from '../../testbed/free-port.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { expectNothingLeft, expectSixCleanJobs } from './six-jobs.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** As images have it that are not made to boot fast. */
const STOCK_NETWORK = '[Match]\nName=eth0\n[Network]\nDHCP=true\n[DHCPv4]\nUseDomains=true\n';
const TOKEN = 'the-t0ken-0f-the-0rganisation';
const POOLS = ['guest', 'host'] as const;

const LOOKS = [
  `echo "of IPv4: $(ip -brief -4 address show dev eth0)"`,
  'echo "switched off: $(cat /etc/systemd/network/*.d/iap.conf 2>/dev/null)"',
  `echo "resolver: $(resolvectl dns eth0 | cut -d ' ' -f 4-)"`,
  `echo "by name: $(getent ahostsv6 _gateway.incus | cut -d ' ' -f 1 | sort -u)"`,
  // Shown where that fails.
  'ip -6 address show dev eth0; ip -6 neigh; journalctl --no-pager --unit systemd-networkd | tail -n 8',
].join('\n');

const poolsAt = (url: string) =>
  POOLS.map(name => ({
    name,
    agentCount: 1,
    reserve: 1,
    registration: name,
    azure: { pat: TOKEN, url, pool: name },
  }));

describeOnIncus('a bridge with IPv6 alone', testbed => {
  test('takes the place of one with IPv4 as the document tells it, has agents that host or guest register, and has six jobs run in clean instances of their own', {
    timeout: 420_000,
  }, async () => {
    const place = testbed();
    const gateway = `fd42:${randomInt(0x1000, 0x10000).toString(16)}::1`;
    const port = await freePort();
    const url = `http://[${gateway}]:${port}/emulated`;
    const scenario = await startScenario({
      ...place,
      confined: true,
      // The bridge has its address of IPv6 once setup has given it that.
      emulator: { host: '::', port, publicUrl: url, token: TOKEN, pools: POOLS },
      settings: {
        agentCount: undefined,
        reserve: undefined,
        registration: undefined,
        azure: undefined,
        baseImage: 'instance:stock',
        pools: poolsAt(`http://${place.gateway}:${port}/emulated`),
      },
    });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await makeStock(scenario, place.image);
    const { configPath, controlSocket, emulator, incus } = scenario;
    const call = async (command: string, ...more: readonly string[]) => {
      const env = { ...process.env, INCUS_SOCKET: place.socketPath };
      const ended = await runProgram([...command.split(' ').slice(1), ...more], { env });
      expect(ended.code, ended.stderr).toBe(0);
      return ended.stdout;
    };

    const before = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const [pool] = POOLS;
    const { lines } = await emulator.queueJob({ pool, steps: [{ script: LOOKS }] }).finished;
    expect(lines).toEqual(expect.arrayContaining(['switched off: [Network]', 'LinkLocalAddressing=no']));
    const [drain, stop] = told('docs/how-to/ipv6.md#go-over-to-it').lines(2);
    const [setup, start, resume, doctor] = told('docs/how-to/ipv6.md#go-over-to-it', 1).lines(4);
    // The service is a process of the test's.
    expect([stop, start].map(command => command.split(' ')[0])).toEqual(['systemctl', 'systemctl']);
    await call(drain, '--socket', controlSocket);
    expect(await before.end()).toBe(0);
    const network = { ipv4: false, ipv6: true, address: `${gateway}/64` };
    const written = JSON.parse(await readFile(configPath, 'utf8'));
    await writeFile(configPath, JSON.stringify({ ...written, network, pools: poolsAt(url) }));
    await call(setup, '--config', configPath, '--yes');
    const daemon = startDaemon(scenario);
    await daemon.seen(line => line.msg === 'running');
    await call(resume, '--socket', controlSocket);
    await agentsOnline(emulator, 2);
    const bridge = (await incus.profiles.get('default')).profile.devices.eth0?.network ?? '';
    expect(addressesOf(bridge)).toEqual([gateway]);
    // Those of the base before, which has no IPv6, may be there for a while.
    const isFull = ({ agents, base, prepared }: PoolStatus) =>
      prepared === 1 && agents.some(({ phase }) => phase === 'idle') && agents.every(agent => agent.base === base);
    const namesIn = async (phase: string) => {
      const pools = await Promise.all(POOLS.map(pool => whenPool(scenario, daemon, isFull, pool)));
      return pools.map(({ agents }) => agents.find(agent => agent.phase === phase)?.name);
    };
    // Those that are online first, and those that wait behind them.
    const [online, prepared] = [await namesIn('idle'), await namesIn('prepared')];
    for (const names of [online, prepared]) {
      const jobs = POOLS.map(pool => emulator.queueJob({ pool, steps: [{ script: LOOKS }] }).finished);
      const done = await Promise.all(jobs);
      expect(done.map(({ agentName }) => agentName)).toEqual(names);
      for (const job of done) {
        expect(job.lines, job.lines.join('\n')).toEqual(
          expect.arrayContaining(['of IPv4: ', 'switched off: ', `resolver: ${gateway}`, `by name: ${gateway}`]),
        );
        expect(job.result).toBe('succeeded');
      }
    }
    const { findings } = JSON.parse(await call(doctor, '--config', configPath, '--json')) as {
      findings: readonly Finding[];
    };
    for (const check of ['guest-address', 'guest-server'])
      expect(findings).toContainEqual(
        expect.objectContaining({ check, colour: 'green', says: expect.stringContaining(gateway.slice(0, 9)) }),
      );
    await expectSixCleanJobs(scenario, POOLS);
    await expectNothingLeft(scenario, daemon, { instances: ['stock'], registrations: [] }, POOLS);
    expect(await daemon.end()).toBe(0);
  });
});

/** An image as it is stocked by others: that of the testbed has no IPv6. */
async function makeStock({ incus }: Scenario, alias: string): Promise<void> {
  await incus.instances.create({ name: 'stock', source: { type: 'image', alias }, ephemeral: false });
  await incus.files.push('stock', '/etc/systemd/network/10-eth0.network', STOCK_NETWORK);
}

/** Those of an interface of this host that are not link-local. */
function addressesOf(name: string): readonly string[] {
  return (networkInterfaces()[name] ?? []).flatMap(({ address }) => (address.startsWith('fe80') ? [] : [address]));
}
