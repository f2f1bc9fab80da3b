import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connectIncus } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereIs } from '../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import { type Place, reached } from '../../packages/incus-azure-pipelines/src/doctor/attacks/reach.js';
import { openInstallation } from '../../packages/incus-azure-pipelines/src/lib/installation.js';
import { type DaemonProcess, type Ended, PROGRAM, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage } from '../../testbed/image.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { type PrivateIncus, startPrivateIncus } from '../../testbed/private-incus.js';
import { runCommand } from '../../testbed/run-command.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { imageCacheDirectory } from '../../testbed/work-tree.js';
import { type HostServers, startHostServers } from './attacks/servers.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { dumpIncus } from './incus-dump.js';
import { expectPlaceOfSetup } from './place-of-setup.js';
import { polled } from './polled.js';
import { agentsOnline, drainedEmpty, lineShown, startDaemon } from './waiting.js';

/** A network for documentation, which no host has: to a guest it is the Internet. */
const OUTSIDE = { gateway: '198.51.100.1', address: '198.51.100.2' } as const;
/** The same server under addresses that guests are not to reach. */
const REFUSED = ['192.168.213.2', '172.20.213.2', '10.213.213.2', '100.64.213.2', '169.254.169.254'] as const;
const ALLOWED = '10.213.213.3';
const NEIGHBOUR_PORT = 7777;

describeOnIncus('setup', () => {
  let incus: PrivateIncus;
  let outside: OutsideHost;
  let host: HostServers;
  let scenario: Scenario;
  let daemon: DaemonProcess;
  let before: unknown;

  beforeAll(async () => {
    outside = await startOutsideHost(OUTSIDE.gateway, [OUTSIDE.address, ...REFUSED, ALLOWED]);
    incus = await startPrivateIncus();
    await incus.importImage(await buildImage({ cacheDirectory: imageCacheDirectory() }), 'debian');
    host = await startHostServers();
    before = await dumpIncus(incus.socketPath);
    const { bridge, gateway, socketPath, storagePool } = incus;
    const network = { allow: [`${ALLOWED}:${outside.port}`] };
    const settings = { agentCount: 2, maxRamInGb: 1, registration: 'host', network };
    const place = { bridge, gateway, socketPath, storagePool, image: 'debian' };
    scenario = await startScenario({ ...place, confined: true, settings });
  });
  afterAll(async () => {
    await scenario?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    await incus?.[Symbol.asyncDispose]();
    await outside?.[Symbol.asyncDispose]();
  });

  /** Calls the program as root does. */
  const callAsRoot = (...args: readonly string[]): Promise<Ended> =>
    runProgram(args, { env: { ...process.env, INCUS_SOCKET: incus.socketPath } });
  const call = (verb: string, ...args: readonly string[]) => callAsRoot(verb, '--config', scenario.configPath, ...args);
  const setup = (...args: readonly string[]) => call('setup', ...args);
  /** What it shows somebody who answers its question so. */
  const setupAsked = (answer: string) => {
    const command = `INCUS_SOCKET=${incus.socketPath} ${PROGRAM} setup --config ${scenario.configPath}`;
    return runCommand('script', ['--quiet', '--return', '--command', command, '/dev/null'], { input: `${answer}\n` });
  };
  /** Runs a command as a document tells it, with an agreement. */
  const callTold = (command: string, ...args: readonly string[]) => callAsRoot(...command.split(' ').slice(1), ...args);
  const dump = () => dumpIncus(incus.socketPath);

  test('writes a certificate that its owner alone can read', async () => {
    for (const name of ['client.key', 'client.crt', 'server.crt'])
      expect((await stat(join(scenario.directory, 'state/incus', name))).mode & 0o777).toBe(0o600);
  });

  test('makes what it says, by the answers of Incus: restrictions, limits, NIC, rules, and whom to trust', async () => {
    const { hostname, port } = new URL(scenario.emulator.url);
    const opened = { [`the Azure server ${hostname}`]: Number(port), [`network.allow: ${ALLOWED}`]: outside.port };
    const { socketPath, storagePool } = incus;
    const { ownerId: owner } = await openInstallation(join(scenario.directory, 'state'));
    await expectPlaceOfSetup({ socketPath, storagePool, project: scenario.project, owner, opened });
  });

  test('changes nothing the second time', async () => {
    const made = await dump();
    const config = { '/etc/incus-azure-pipelines/config.yaml': scenario.configPath };
    const [again] = told('docs/how-to/set-up.md#set-incus-up-with-agents-kept-apart').lines(1, config);
    expect(await callTold(again, '--yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Everything is as it should/),
    });
    expect(await dump()).toEqual(made);
  });

  test('mends what was changed, once it is told to', async () => {
    const made = await dump();
    const root = connectIncus({ connection: { kind: 'unix', socketPath: incus.socketPath } });
    await root.withProject(scenario.project).profiles.replace('default', ({ devices }) => ({ config: {}, devices }));
    await root.close();
    const changed = await dump();
    expect(await setup()).toMatchObject({ code: 2, stderr: expect.stringContaining('no terminal to ask on') });
    const { code, stdout } = await setup('--json');
    expect(JSON.parse(stdout)).toMatchObject({ done: false, steps: [{ kind: 'change-profile' }] });
    expect(code).toBe(0);
    expect(await setupAsked('n')).toMatch(/Do this\? \[y\/N\][\s\S]*Nothing was done\./);
    expect(await dump()).toEqual(changed);
    expect(await setupAsked('y')).toContain(`Change the default profile of project "${scenario.project}"`);
    expect(await dump()).toEqual(made);
  });

  test('refuses a project that it has not made, and changes nothing', async () => {
    await incus.incus(['project', 'create', 'theirs']);
    const there = await dump();
    await scenario.configure({ projectName: 'theirs' });
    for (const args of [['--yes'], ['--remove', '--yes']])
      expect(await setup(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('a project "theirs" that this installation has not made'),
      });
    expect(await dump()).toEqual(there);
    await incus.incus(['project', 'delete', 'theirs']);
    await scenario.configure();
  });

  test('lets agents run jobs, each with user ids of its own and no secret in its keys', async () => {
    const { emulator } = scenario;
    daemon = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const instances = await scenario.incus.instances.list();
    expect(JSON.stringify(instances)).not.toContain(emulator.token);
    const agents = instances.filter(({ config }) => config['user.iap.activated']);
    const ids = agents.map(({ config }) => config['volatile.idmap.base']);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids).toHaveLength(2);
    for (const { expanded_config: config } of agents)
      expect(config).toMatchObject({
        'security.idmap.isolated': 'true',
        'security.privileged': 'false',
        'security.nesting': 'false',
        'security.guestapi': 'true',
        'limits.processes': '10000',
      });
    const job = await emulator.queueJob({ steps: [{ script: 'echo hello' }] }).finished;
    expect(job.result).toBe('succeeded');
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === job.agentName);
  });

  test('lets doctor prove by the certificate alone that agents have what they need', async () => {
    const env = { ...process.env, INCUS_SOCKET: '/nonexistent' };
    const { code, stdout } = await runProgram(['doctor', '--config', scenario.configPath], { env });
    expect(stdout).toMatch(/^grey +network +Incus does not show the network/m);
    expect(stdout).toMatch(/^green +guest-server +a guest reaches/m);
    expect(code).toBe(0);
  });

  test('lets the agent of a long job give way to instances that boot, and the job end well', async () => {
    const job = scenario.emulator.queueJob({ steps: [{ script: UNTIL_TOLD }] });
    const { agentName } = await lineShown(scenario.emulator, job, 'begun');
    await daemon.seen(({ kind, msg, name }) => msg === 'action done' && kind === 'give-way' && name === agentName);
    const { instance } = await scenario.incus.instances.get(agentName);
    expect(instance.config['limits.cpu.allowance']).toBe('25%');
    await scenario.incus.files.push(agentName, '/tmp/go', '');
    expect(await job.finished).toMatchObject({ result: 'succeeded', agentName });
    await daemon.seen(({ agent, msg }) => msg === 'agent gone' && agent === agentName);
  });

  test('is taken back with its agents when the state directory was lost', async () => {
    const { project } = await scenario.incus.projects.get(scenario.project);
    const before = await whenPool(scenario, daemon, isFull);
    const owner = project.config['user.iap.owner'] ?? '';
    await daemon.end('SIGKILL');
    await rm(join(scenario.directory, 'state'), { recursive: true });
    expect(await setup('--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`incus-azure-pipelines adopt --owner ${owner}`),
    });
    expect(await call('adopt', '--owner', owner)).toMatchObject({ code: 0 });
    expect(await setup('--yes')).toMatchObject({ code: 0 });
    daemon = startDaemon(scenario);
    const after = await whenPool(scenario, daemon, isFull);
    expect(after.agents.map(({ name }) => name)).toEqual(before.agents.map(({ name }) => name));
  });

  test('keeps guests from each other, from the host and from private networks, and lets them reach what they need', async () => {
    const { emulator, incus: project } = scenario;
    await agentsOnline(emulator, 2);
    const [one, other] = emulator.agents().filter(({ enabled, status }) => enabled && status === 'online');
    if (one === undefined || other === undefined) throw new Error('two agents are online');
    await project.exec(other.name, {
      command: ['systemd-run', '--quiet', 'perl', '-MIO::Socket::INET', '-e', LISTENER],
    });
    const { address } = await whereIs(project, other.name);
    const gateway = address.replace(/\d+$/, '1');
    const { hostname, port } = new URL(emulator.url);
    const places: Record<string, Place> = {
      neighbour: [address, NEIGHBOUR_PORT],
      'host by its bridge': [gateway, host.tcpPort],
      'host by another bridge': [incus.gateway, host.tcpPort],
      'host by a public address': [OUTSIDE.gateway, host.tcpPort],
      'Incus itself': [gateway, 8443],
      ...Object.fromEntries(REFUSED.map(refused => [refused, [refused, outside.port] as const])),
      'the allowed address': [ALLOWED, outside.port],
      'the allowed address, another port': [ALLOWED, outside.port + 1],
      outside: [OUTSIDE.address, outside.port],
    };
    await polled(
      () => look(other.name, { itself: [address, NEIGHBOUR_PORT] }),
      ({ itself }) => itself === 'neighbour',
    );
    expect(await look(one.name, places)).toEqual({
      ...Object.fromEntries(Object.keys(places).map(name => [name, 'refused'])),
      'the allowed address': 'outside',
      outside: 'outside',
    });
    expect(await look(one.name, { azure: [hostname, Number(port)] })).toEqual({ azure: 'open' });
    const named = await project.exec(one.name, { command: ['getent', 'hosts', '_gateway.incus'] });
    expect(named.stdout).toContain(gateway);
  });

  test('takes nothing back while agents are there, nor what others have put there', async () => {
    const there = await dump();
    expect(await setup('--remove', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/holds \d agents/),
    });
    expect(JSON.stringify(await dump()).length).toBe(JSON.stringify(there).length);
    expect((await scenario.call('drain')).code).toBe(0);
    await drainedEmpty(scenario, daemon);
    expect(await daemon.end()).toBe(0);
    expect(await setup('--remove', '--yes')).toMatchObject({ code: 2, stderr: expect.stringMatching(/holds image/) });
  });

  test('takes back all that it has made, and leaves Incus as it found it', async () => {
    for (const { fingerprint } of await scenario.incus.images.list()) await scenario.incus.images.delete(fingerprint);
    const [, , remove] = told('docs/how-to/set-up.md#take-it-back').lines(3);
    const { code, stdout } = await callTold(remove, '--yes', '--config', scenario.configPath);
    expect(stdout).toContain(`Delete project "${scenario.project}"`);
    expect(code).toBe(0);
    expect(await dump()).toEqual(before);
    await expect(stat(join(scenario.directory, 'state/incus'))).rejects.toThrow('ENOENT');
    expect(await setup('--remove', '--yes')).toMatchObject({ code: 0, stdout: 'Everything is as it should be.\n' });
  });

  /** What a guest's root finds behind each place. */
  async function look(name: string, places: Readonly<Record<string, Place>>) {
    const found = await reached(scenario.incus, name, Object.values(places));
    return Object.fromEntries(Object.keys(places).map((place, n) => [place, found[n]]));
  }
});

function isFull({ agents }: PoolStatus): boolean {
  return agents.length === 2 && agents.every(({ phase }) => phase === 'idle');
}

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

const LISTENER = `
$s = IO::Socket::INET->new(Listen => 5, LocalPort => ${NEIGHBOUR_PORT}, ReuseAddr => 1) or die;
while ($c = $s->accept) { print $c "neighbour\\n"; close $c }`;
