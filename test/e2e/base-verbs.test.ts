import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { BasesDocument } from '../../packages/incus-azure-pipelines/src/report/bases-document.js';
import { type Ended, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { agentsOnline, startDaemon } from './waiting.js';

const BLOCKED = 'echo blocked\nuntil [ -e /go ]; do sleep 0.1; done';

describeOnIncus('base', testbed => {
  async function start(script: string): Promise<Scenario> {
    const scenario = await startScenario({ ...testbed(), settings: { agentCount: 1, docker: false } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await provision(scenario, script);
    return scenario;
  }

  const call = (scenario: Scenario, ...args: readonly string[]): Promise<Ended> =>
    runProgram(['base', ...args, '--config', scenario.configPath]);

  async function listed(scenario: Scenario): Promise<BasesDocument['bases']> {
    const { code, stdout, stderr } = await call(scenario, 'list', '--json');
    expect([code, stderr]).toEqual([0, '']);
    return (JSON.parse(stdout) as BasesDocument).bases;
  }

  test('build, list and prune do a daemon’s part where none runs, and keep the last base that is known to work', {
    timeout: 300_000,
  }, async () => {
    const scenario = await start('echo first');
    expect(await listed(scenario)).toMatchObject([{ state: 'not built', uses: ['wanted by default'] }]);
    const built = await call(scenario, 'build');
    expect(built.code).toBe(0);
    const first = built.stdout.trim();
    expect(await scenario.instanceNames()).toEqual([first]);
    const steps = built.stderr.trimEnd().split('\n');
    expect(steps.map(line => line.split(' ', 1)[0])).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7']);
    expect(await call(scenario, 'build')).toEqual({ code: 0, stdout: `${first}\n`, stderr: '' });

    const daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    await daemon.seen(line => line.msg === 'action done' && line.kind === 'prove-base');
    expect(await daemon.end()).toBe(0);

    for (const script of ['echo second', 'echo third']) {
      await provision(scenario, script);
      expect((await call(scenario, 'build')).code).toBe(0);
    }
    expect((await listed(scenario)).map(({ uses }) => uses)).toEqual([
      ['tried by default'],
      [],
      ['serves default', '1 instance was made from it'],
    ]);
    const pruned = await call(scenario, 'prune');
    expect(pruned.code).toBe(0);
    expect(pruned.stdout).toMatch(/^Deleted iap-base-\S+\.\n/);
    const left = await listed(scenario);
    expect(left.map(({ name, proven }) => [name === first, proven])).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('build and prune leave it to the daemon that runs', async () => {
    const scenario = await start('echo first');
    await using daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const [first] = await listed(scenario);
    expect(first).toMatchObject({ state: 'ready', uses: expect.arrayContaining(['serves default']) });
    expect(await call(scenario, 'build')).toEqual({ code: 0, stdout: `${first?.name}\n`, stderr: '' });
    const pruned = await call(scenario, 'prune');
    expect(pruned.stdout).toContain('The daemon that runs deletes by itself what no pool needs.');
    expect(await daemon.end()).toBe(0);
  });

  test('build at the same time twice is done once; killed in the middle, it is done anew and nothing is left', {
    timeout: 300_000,
  }, async () => {
    const scenario = await start(BLOCKED);
    const args = ['base', 'build', '--config', scenario.configPath];
    const first = scenario.startDaemon(args);
    const base = await running(scenario);
    const second = await runProgram(args);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/a daemon of this installation .* already runs, process \d+/);
    await first.end('SIGKILL');
    expect(await listed(scenario)).toMatchObject([{ name: base, state: 'half-made' }]);

    const third = scenario.startDaemon(args);
    await running(scenario, '/go');
    expect((await third.seen(line => line.msg.startsWith('iap-base-'))).msg).toBe(base);
    expect(await scenario.instanceNames()).toEqual([base]);
  });

  test('build with a script that fails says so, and leaves nothing', async () => {
    const scenario = await start('echo fetching >&2\nexit 3');
    const { code, stderr } = await call(scenario, 'build');
    expect(code).toBe(1);
    expect(stderr).toMatch(/run provision script .* it ended with code 3; its last lines:\nfetching\n$/);
    expect(await scenario.instanceNames()).toEqual([]);
  });

  test('build takes a base that was made by hand, whose agents then run jobs', { timeout: 300_000 }, async () => {
    const scenario = await start('echo by hand > /etc/made');
    const built = (await call(scenario, 'build')).stdout.trim();
    const source = { type: 'copy', source: built, instance_only: true } as const;
    const config = { 'user.iap.owner': '', 'user.iap.base.state': '' };
    await scenario.incus.instances.create({ name: 'golden', source, config, ephemeral: false });
    await scenario.configure({ baseImage: 'instance:golden', baseMade: true });
    const { code, stdout, stderr } = await call(scenario, 'build');
    expect(code).toBe(0);
    expect(stderr.split('\n').map(line => line.split(' ', 1)[0])).toEqual(['1/4', '2/4', '3/4', '4/4', '']);
    await using daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const job = await scenario.emulator.queueJob({ steps: [{ script: 'cat /etc/made' }] }).finished;
    expect([job.result, job.lines]).toEqual(['succeeded', expect.arrayContaining(['by hand'])]);
    const [base] = await listed(scenario);
    expect(base).toMatchObject({ name: stdout.trim(), agentVersion: expect.stringMatching(/^4\.\d+\.\d+$/) });
    expect(await scenario.instanceNames()).toContain('golden');
    expect(await daemon.end()).toBe(0);
  });

  test('build that is stopped, or cannot find its image, says so in one line, and leaves nothing', async () => {
    const scenario = await start(BLOCKED);
    const stopped = scenario.startDaemon(['base', 'build', '--config', scenario.configPath]);
    await running(scenario);
    expect(await stopped.end('SIGINT')).toBe(1);
    expect(stopped.stderr.trimEnd().split('\n').at(-1)).toBe(
      'incus-azure-pipelines: stopped before the end; nothing half-made is left',
    );
    expect(await scenario.instanceNames()).toEqual([]);
    await scenario.configure({ baseImage: 'local:nowhere' });
    const { code, stderr } = await call(scenario, 'build');
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toMatch(
      /^incus-azure-pipelines: find source image "nowhere": .* has no image of that alias; import/,
    );
  });

  test('build of a pool that is not there names those that are', async () => {
    const scenario = await start('true');
    const { code, stderr } = await call(scenario, 'build', 'nowhere');
    expect([code, stderr]).toEqual([
      2,
      'incus-azure-pipelines: no pool "nowhere" in the configuration; it has default\n',
    ]);
  });
});

async function provision(scenario: Scenario, script: string): Promise<void> {
  const path = join(scenario.directory, 'setup.sh');
  await writeFile(path, script);
  await scenario.configure({ provisionScripts: [path] });
}

/** Waits until a base runs its provision script, makes a file in it where one is named, and gives back its name. */
async function running(scenario: Scenario, file?: string): Promise<string> {
  const { signal } = new AbortController();
  const looks = scenario.incus.events.subscribe({ types: ['lifecycle'], signal });
  for await (const event of looks) {
    if (event.type !== 'lifecycle' || event.metadata.action !== 'instance-exec') continue;
    const name = event.metadata.name ?? '';
    if (!(await runs(scenario, name))) continue;
    if (file !== undefined) await scenario.incus.files.push(name, file, '');
    return name;
  }
  throw new Error('the events ended');
}

async function runs(scenario: Scenario, name: string): Promise<boolean> {
  const found = await scenario.incus.files.pull(name, '/run/iap-base').catch(() => undefined);
  return found?.type === 'directory' && found.entries.includes('setup.sh');
}
