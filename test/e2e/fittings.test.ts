import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAzurePipelines } from 'azure-pipelines-client';
import type { JobRecord } from 'azure-pipelines-emulator';
import { connectIncus } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanDocument } from '../../packages/incus-azure-pipelines/src/report/plan-document.js';
import { type DaemonProcess, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { emptyProject } from '../../testbed/owned-project.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { NIC_APART } from './place-of-setup.js';
import { expectRefusal } from './refusal.js';
import { makeSecondStorage, type SecondStorage } from './second-storage.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** Every guest has the other one. */
const DEVICE = existsSync('/dev/kvm') ? '/dev/kvm' : '/dev/fuse';

const LOOKS = {
  folder: 'cat /opt/shared/note',
  'folder by the default profile': 'cat /opt/by-profile/note',
  "what only the host's root may read": 'sudo cat /opt/shared/secret 2>&1 || echo refused',
  'no writing': 'sudo touch /opt/shared/of-a-job 2>&1 || echo refused',
  'no making it writable':
    'sudo mount -o remount,rw,bind /opt/shared 2>&1 && sudo touch /opt/shared/of-a-job || echo refused',
  device: `test -c ${DEVICE} && exec 3<>${DEVICE} && echo opened`,
  files: 'ulimit -Hn; ulimit -Sn',
  locked: 'ulimit -Hl',
  profile: 'ulimit -Hc',
  volume: 'echo kept | sudo tee /srv/cache/note',
  tools:
    'echo "$AGENT_TOOLSDIRECTORY"; cat "$AGENT_TOOLSDIRECTORY/node/22/x64.complete" && touch "$AGENT_TOOLSDIRECTORY/node/mine" && echo ours',
  work: 'pwd; test -O . && echo ours',
  // The image has docker, and starts it.
  'docker of an image that has it':
    'command -v dockerd; test -S /run/docker.sock || echo none; systemctl is-active docker.socket docker.service',
} as const;

describeOnIncus('what guests get beside the default profile', testbed => {
  let shared: string;
  let storage: SecondStorage;
  let scenario: Scenario;
  let daemon: DaemonProcess | undefined;

  beforeAll(async () => {
    shared = await mkdtemp('/srv/iap-shared-');
    await chmod(shared, 0o755);
    await writeFile(join(shared, 'note'), 'from the host\n');
    await writeFile(join(shared, 'secret'), 'of root\n', { mode: 0o600 });
    storage = await makeSecondStorage(testbed());
    const settings = {
      agentCount: 1,
      profiles: ['more'],
      devices: {
        shared: { type: 'disk', source: shared, path: '/opt/shared' },
        device: { type: 'unix-char', source: DEVICE },
        cache: { type: 'disk', pool: storage.pool, source: storage.volume, path: '/srv/cache' },
      },
      networkName: testbed().bridge,
      storagePool: storage.pool,
      limits: { nofile: 16_000, memlock: 2 ** -8 },
      toolFolder: '/opt/tools',
      provisionScripts: ['tools'],
      registration: 'host',
      capabilities: { gpu: 'a100' },
      workFolder: '/srv/builds',
      docker: { source: 'none' },
    };
    scenario = await startScenario({ ...testbed(), confined: true, settings: { ...settings, provisionScripts: [] } });
    const makesPlace = told('docs/how-to/shape-a-base.md#where-jobs-work').script({ '/work': settings.workFolder });
    await writeFile(
      join(scenario.directory, 'tools'),
      `mkdir -p "$AGENT_TOOLSDIRECTORY/node/22" && echo whole > "$AGENT_TOOLSDIRECTORY/node/22/x64.complete"\n${makesPlace}\n`,
    );
    await scenario.configure(settings);
    await storage.makeVolume(scenario.project);
  });
  afterAll(async () => {
    // From the last to the first, each whatever becomes of the others.
    await using _shared = { [Symbol.asyncDispose]: () => rm(shared, { recursive: true }) };
    await using _storage = storage;
    await using _scenario = scenario;
    await daemon?.end();
    if (scenario !== undefined) {
      await using root = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
      await emptyProject(root, scenario.project);
      await storage.deleteVolume(scenario.project);
    }
  });

  test('has to be there: a profile that is not is told with its remedy', async () => {
    await expectRefusal(scenario, {
      code: 2,
      says: /pool "default" asks for profile "more", and Incus project "\S+" has none of that name; make it with: incus profile create more --project /,
    });
  });

  test('must not make more of a guest than one', async () => {
    await scenario.incus.profiles.create({ name: 'more', config: { 'boot.autorestart': 'true' }, devices: {} });
    await expectRefusal(scenario, {
      code: 2,
      says: /profile "more" sets boot\.autorestart, which guests are not given by a profile; change it with: incus profile edit more /,
    });
  });

  test('is what the project is opened for, and no more', async () => {
    const { project } = await scenario.incus.projects.get(scenario.project);
    const restrictions = Object.entries(project.config).filter(([key]) => key.startsWith('restricted.devices.'));
    expect(Object.fromEntries(restrictions)).toEqual({
      'restricted.devices.disk': 'allow',
      'restricted.devices.disk.paths': shared,
      'restricted.devices.nic': 'managed',
      'restricted.devices.unix-char': 'allow',
    });
    expect(project.config['restricted.networks.access']?.split(',')).toContain(testbed().bridge);
  });

  test('is found by a job of a daemon that is confined to the project', { timeout: 300_000 }, async () => {
    const { profiles } = scenario.incus;
    const byProfile = { type: 'disk', source: shared, path: '/opt/by-profile', readonly: 'true' };
    await profiles.replace('default', ({ config, devices }) => ({ config, devices: { ...devices, byProfile } }));
    await profiles.replace('more', () => ({
      config: {},
      devices: { net: { type: 'unix-char', source: '/dev/vhost-net' } },
    }));
    const { stdout } = await runProgram(['plan', '--config', scenario.configPath, '--json']);
    const { hostPaths, unnamedHostPaths } = JSON.parse(stdout) as PlanDocument;
    expect(hostPaths).toEqual([
      { pool: 'default', source: shared, path: '/opt/by-profile', profile: 'default' },
      { pool: 'default', source: '/dev/vhost-net', path: '/dev/vhost-net', profile: 'more' },
      { pool: 'default', source: DEVICE, path: DEVICE },
      { pool: 'default', source: shared, path: '/opt/shared' },
    ]);
    expect(unnamedHostPaths).toBeUndefined();
    await profiles.replace('more', () => ({ config: { 'limits.kernel.core': '0' }, devices: {} }));
    daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const instances = await scenario.incus.instances.list();
    // The base and its copies.
    expect(new Set(instances.map(({ expanded_devices: { root } }) => root?.pool))).toEqual(new Set([storage.pool]));
    const agents = instances.filter(({ config }) => config['user.iap.activated']);
    // What keeps guests apart on the network of setup does so on one of another's, too.
    expect(agents.map(agent => agent.expanded_devices.eth0)).toEqual([{ ...NIC_APART, network: testbed().bridge }]);
    expect(await capabilitiesOffered(scenario)).toEqual([{ gpu: 'a100' }]);
    const other = await scenario.emulator.queueJob({ demands: ['gpu -equals h100'], steps: [] }).finished;
    expect(other.message).toContain('which satisfies the following demand: gpu -equals h100');
    const found = await look(scenario);
    expect(found).toEqual({
      folder: ['from the host'],
      'folder by the default profile': ['from the host'],
      "what only the host's root may read": [expect.stringContaining('Permission denied'), 'refused'],
      'no writing': [expect.stringContaining('Read-only file system'), 'refused'],
      'no making it writable': expect.arrayContaining(['refused']),
      device: ['opened'],
      files: ['16000', '16000'],
      locked: [String(2 ** 22 / 1024)],
      profile: ['0'],
      volume: ['kept'],
      tools: ['/opt/tools', 'whole', 'ours'],
      work: ['/srv/builds/1/s', 'ours'],
      'docker of an image that has it': ['/usr/sbin/dockerd', 'none', 'inactive', 'inactive'],
    });
    // By another agent.
    const later = await scenario.emulator.queueJob({ steps: [{ script: 'sudo cat /srv/cache/note' }] }).finished;
    expect(later.lines).toContain('kept');
    expect(await daemon.end()).toBe(0);
  });
});

/** What a person or the host has given the agents of the pool, by each. */
async function capabilitiesOffered({ emulator }: Scenario): Promise<readonly unknown[]> {
  const auth = { kind: 'pat', token: emulator.token } as const;
  await using azure = connectAzurePipelines({ url: emulator.url, auth, userAgent: 'a test' });
  const pool = await azure.pools.findByName('default');
  if (pool === undefined) throw new Error('the emulator has no pool "default"');
  const agents = await azure.agents.list(pool.id, { includeCapabilities: true });
  return agents.map(({ userCapabilities }) => userCapabilities);
}

/** Runs a job that demands the capability and looks around, and returns what each look showed. */
async function look({ emulator }: Scenario): Promise<Readonly<Record<string, readonly string[]>>> {
  const texts = Object.entries(LOOKS).map(([name, text]) => `echo "== ${name}"\n(${text}) || true`);
  const script = [...texts, 'echo "== end"'].join('\n');
  const job = await emulator.queueJob({ demands: ['gpu -equals a100'], steps: [{ script }] }).finished;
  return Object.fromEntries(Object.keys(LOOKS).map(name => [name, linesAfter(job, `== ${name}`)]));
}

function linesAfter({ lines }: JobRecord, title: string): readonly string[] {
  const from = lines.indexOf(title) + 1;
  return lines.slice(
    from,
    lines.findIndex((line, at) => at >= from && line.startsWith('== ')),
  );
}
