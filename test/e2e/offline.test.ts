import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildStandInPackage } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage } from '../../testbed/image.js';
import { incusEnvironment } from '../../testbed/incus-command.js';
import { startPrivateIncus } from '../../testbed/private-incus.js';
import { runCommand } from '../../testbed/run-command.js';
import { startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { cacheDirectory, imageCacheDirectory } from '../../testbed/work-tree.js';
import { CLOSED_BRIDGE, startClosedNetwork } from './closed-network.js';
import { whenPool } from './daemon-status.js';
import { MIRROR_SIGNER, serveMirror } from './signed-mirror.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** What the image has and a base needs, so that it has to come from the mirror. */
const FIRST = [
  'set -e',
  'if id agent; then exit 1; fi',
  'dpkg --purge --force-depends git iputils-ping >/dev/null',
  'grep -rlq http /etc/apt/sources.list /etc/apt/sources.list.d',
].join('\n');

/** Where nobody listens in a network that is the test's alone. */
const NO_PORT = 9;

describeOnIncus('a network without a way out', testbed => {
  test('has bases and jobs with an image, an agent and a mirror of its own', { timeout: 600_000 }, async () => {
    const network = await startClosedNetwork();
    onTestFinished(() => network[Symbol.asyncDispose]());
    const { within } = network;
    const own = await startPrivateIncus({ storageSizeGiB: 5, bridgeConfig: CLOSED_BRIDGE, within });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const { bridge, gateway, socketPath, storagePool } = own;
    // The servers are out there, at an address that whoever has a way out of this bridge would reach.
    const outside = testbed().gateway;
    const imageFiles = await buildImage({ cacheDirectory: imageCacheDirectory() });
    const settings = { agentCount: 1, baseImage: 'local:ubuntu-24.04' };
    const place = { socketPath, storagePool, bridge, gateway, image: 'stock', imageFiles, confined: false };
    const scenario = await startScenario({ ...place, settings, emulator: { host: outside } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { directory, emulator, incus, project } = scenario;
    for (const { fingerprint } of await incus.images.list()) await incus.images.delete(fingerprint);
    await symlink(imageFiles.metadata, join(directory, 'ubuntu-24.04'));
    await symlink(imageFiles.rootfs, join(directory, 'ubuntu-24.04.root'));
    const bring = told('docs/how-to/offline.md#the-image', 1).script({ 'azure-pipelines': project });
    await runCommand('sh', ['-c', `cd ${directory}\n${bring}`], { env: incusEnvironment(own.directory) });
    const packages = { git: 'git', 'iputils-ping': 'ping', tool: 'tool' };
    const mirror = await serveMirror(outside, directory, packages);
    onTestFinished(() => mirror[Symbol.asyncDispose]());
    await writeFile(join(directory, 'first.sh'), FIRST);
    await writeFile(join(directory, 'last.sh'), 'command -v git >/etc/provisioned');
    const agent = await buildStandInPackage({
      cacheDirectory: join(cacheDirectory(), 'stand-in'),
      pollPauseMs: [0, 0],
    });
    const url = await network.bringIn(emulator.url, gateway);
    const given = {
      azure: { pat: emulator.token, url, pool: 'default' },
      agentPackage: agent.path,
      provisionScripts: [join(directory, 'last.sh'), { path: join(directory, 'first.sh'), when: 'before' }],
    };

    await scenario.configure({ ...given, aptMirror: `http://${gateway}:${NO_PORT}/none` });
    await using first = startDaemon(scenario, { within });
    const { waiting } = await whenPool(scenario, first, pool => pool.waiting?.includes('could not be built') === true);
    expect(waiting).toMatch(/install what the image lacks in base .*code 100; its last lines:/);
    expect(waiting).toMatch(/Could not connect to .*Connection refused/);
    expect(await first.end()).toBe(0);

    const key = join(directory, 'mirror.asc');
    const script = told('docs/how-to/offline.md#the-mirror').script({
      'mirror@packages.example': MIRROR_SIGNER,
      '/etc/incus-azure-pipelines/mirror.asc': key,
    });
    await runCommand('sh', ['-c', script], { env: { ...process.env, GNUPGHOME: mirror.gpgHome } });
    await scenario.configure({ ...given, aptMirror: { url: await network.bringIn(mirror.url, gateway), key } });
    await using second = startDaemon(scenario, { within });
    await agentsOnline(emulator, 1);
    expect(mirror.fetched).toEqual(expect.arrayContaining(['/git.deb', '/iputils-ping.deb']));

    const server = new URL(emulator.url);
    for (const pid of [own.pid, second.pid]) await expectNoWayOut(pid, bridge, server);
    const { lines, result } = await emulator.queueJob({ steps: [{ script: lookAround(server) }] }).finished;
    expect(result).toBe('succeeded');
    expect(lines).toContain('route Destination');
    expect(lines).not.toContain('route 00000000');
    expect(lines).toEqual(expect.arrayContaining(['/usr/bin/git', 'no way out']));
    expect(lines.filter(line => line.startsWith('found ')).sort()).toEqual(
      Object.keys(packages)
        .map(name => `found ${name}\t9:1`)
        .sort(),
    );
    expect(emulator.calls().filter(({ route }) => route.includes('packages'))).toEqual([]);
    expect(await second.end()).toBe(0);
  });
});

/** Looks from where this process is: the one route is that of the bridge, and a server that answers others is out of reach. */
async function expectNoWayOut(pid: number, bridge: string, server: URL): Promise<void> {
  const inside = (...command: readonly string[]) => runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, ...command]);
  expect(JSON.parse(await inside('ip', '-json', 'route'))).toMatchObject([{ dev: bridge, scope: 'link' }]);
  for (const family of ['-4', '-6'])
    expect(JSON.parse(await inside('ip', family, '-json', 'route', 'show', 'default'))).toEqual([]);
  await expect(inside('bash', '-c', connectTo(server))).rejects.toThrow('Network is unreachable');
}

function lookAround(server: URL): string {
  return [
    'cut -f 2 /proc/net/route | sed "s/^/route /"',
    'cat /etc/provisioned',
    `timeout 20 bash -c "${connectTo(server)}" || echo "no way out"`,
    'sudo apt-get -q update',
    'sudo apt-get -q install --yes tool',
    'dpkg-query --show git iputils-ping tool | sed "s/^/found /"',
  ].join('\n');
}

function connectTo({ hostname, port }: URL): string {
  return `echo >/dev/tcp/${hostname}/${port}`;
}
