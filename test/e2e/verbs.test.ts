import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAzurePipelines } from 'azure-pipelines-client';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ended, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { readPool, whenPool } from './daemon-status.js';
import { expectFollowed, expectShell, follow } from './guest-verbs.js';
import { agentsOnline, anotherOnline, drainedEmpty, startDaemon } from './waiting.js';

const SEED = `projectName: azure-pipelines
agentCount: 2
baseImage: ubuntu/24.04
maxCores: 8
maxRamInGb: 4
tmpfsSizeInGb: 12
provisionScripts:
- /tmp/script
azure:
  pat: myVerySecretPatHere
  url: https://dev.azure.com/<my-organization>
  pool: myAgentPool
`;

describeOnIncus('the command line', testbed => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await startScenario({ ...testbed(), settings: { agentCount: 2, reserve: 1, http: { port: 0 } } });
    return () => scenario[Symbol.asyncDispose]();
  });
  const config = () => ['--config', scenario.configPath] as const;

  describe('check', () => {
    test('takes the first example of all, where its script exists and its organisation has a name', async () => {
      const example = SEED.replace('<my-organization>', 'contoso');
      const { code, stdout, stderr } = await checkWithScript(example);
      expect(stderr).toBe('');
      expect(stdout).toContain('/tmp/seed.yaml is valid.\n');
      expect(stdout).not.toContain('error');
      expect(code).toBe(0);
      const json = await checkWithScript(example, '--json');
      expect(JSON.parse(json.stdout)).toMatchObject({ valid: true });
    });

    test('says of that example as it stands that the placeholder is still in the URL', async () => {
      const { code, stderr } = await checkWithScript(SEED);
      expect(stderr).toMatch(/:11:8: .*<my-organization>/);
      expect(code).toBe(2);
      const json = await checkWithScript(SEED, '--json');
      expect(JSON.parse(json.stdout)).toMatchObject({
        valid: false,
        messages: expect.arrayContaining([expect.objectContaining({ line: 11, key: 'azure.url', severity: 'error' })]),
      });
      expect(json.code).toBe(2);
    });

    test('says that there is no such file', async () => {
      const { code, stderr } = await runProgram(['check', '--config', join(scenario.directory, 'none.yaml')]);
      expect(stderr).toMatch(/there is no file .*none\.yaml; name the configuration with -config FILE/);
      expect(code).toBe(2);
    });
  });

  test('the schema is JSON and knows the keys of the example', async () => {
    const { code, stdout } = await runProgram(['schema']);
    const { properties } = JSON.parse(stdout) as { properties: object };
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(['projectName', 'agentCount', 'baseImage', 'azure']),
    );
    expect(code).toBe(0);
  });

  test.each([
    [['--help'], 0, /Usage: incus-azure-pipelines .*run .*check .*plan .*status .*drain .*resume .*schema/s, ''],
    [['run', '--help'], 0, /--config <file>/, ''],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, ''],
  ] as const)('%j says what there is', async (args, code, says, nothing) => {
    const ended = await runProgram(args);
    expect(ended.stdout).toMatch(says);
    expect(ended.stderr).toBe(nothing);
    expect(ended.code).toBe(code);
  });

  test.each([
    [['rnu'], /unknown command 'rnu'.*Did you mean run\?/s],
    [['run', '--confg', 'x'], /unknown option '--confg'/],
    [['run', '--log-level', 'loud'], /argument 'loud' is invalid.*debug, info, warn, error/],
    [['status', '--socket', '/nowhere/control.sock'], /no daemon answers on \/nowhere\/control\.sock .*; start it/],
    [
      ['drain', '--host', '--wait', '--socket', '/nowhere/control.sock'],
      /no daemon answers on \/nowhere\/control\.sock .*; start it/,
    ],
  ])('%j is a mistake', async (args, says) => {
    const ended = await runProgram(args);
    expect(ended.stderr).toMatch(says);
    expect(ended.code).toBe(2);
  });

  test('plan shows the base to build in an empty project, and makes nothing', async () => {
    const settings = { agentCount: 2, reserve: 1 };
    await using scenario = await startScenario({ ...testbed(), settings, confined: false });
    const config = ['--config', scenario.configPath];
    const { code, stdout } = await runProgram(['plan', ...config]);
    expect(stdout).toMatch(/^POOL +ACTION +ON +REASON\ndefault +build-base +iap-base-\S+ +not there\n/);
    expect(stdout).toMatch(/default waits: the base is not built yet\nNo daemon has begun in \S+: the first one makes/);
    expect(code).toBe(0);
    const json = await runProgram(['plan', ...config, '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      actions: [{ pool: 'default', action: 'build-base', on: expect.any(String), reason: 'not there' }],
      pools: [expect.objectContaining({ name: 'default', registration: 'guest', target: 2, live: 0 })],
    });
    await expect(access(join(scenario.directory, 'state'))).rejects.toThrow('ENOENT');
    expect(await scenario.instanceNames()).toEqual([]);
    expect(scenario.emulator.calls().filter(call => call.method !== 'GET')).toEqual([]);
  });

  test('the older call runs the daemon; drain, status, metrics and plan tell of it, and a drain outlives it', {
    timeout: 300_000,
  }, async () => {
    const { emulator } = scenario;
    const old = scenario.startDaemon(['-run', '-config', scenario.configPath]);
    await agentsOnline(emulator, 2);
    const busy = emulator.queueJob({
      name: 'a long one',
      steps: [{ script: 'until [ -e /tmp/go ]; do sleep 0.1; done' }],
    });
    await whenPool(
      scenario,
      old,
      ({ agents, generation, live, prepared, preparing }) =>
        agents.some(({ phase }) => phase === 'busy') &&
        generation?.proven === true &&
        [live, prepared, preparing].join() === '2,1,0',
    );

    const { stdout } = await scenario.call('status');
    expect(stdout).toMatch(/^default \(agent pool "default"\): 2 of 2 agents, 1 prepared, 0 preparing$/m);
    expect(stdout).toMatch(/^ {2}wants: 2 agents at all times, and 1 more instance booted ahead$/m);
    expect(stdout).toMatch(/^ {2}base: iap-base-\S+, agent \S+, built \d+[sm] ago, .*, known to work$/m);
    expect(stdout).toMatch(/busy +\d+s ago +a long one +\d+[sm] +[0-9a-f]+ +\d+ MiB +\d+s/);
    await expectExplained(scenario, stdout);
    await expectMetrics(
      Number((await old.seen(line => line.msg === 'running')).httpPort),
      emulator.agents().map(a => a.name),
    );

    const unknown = await scenario.call('drain', 'no-such-pool');
    expect(unknown.stderr).toMatch(/no pool "no-such-pool" in the configuration; there are: default/);
    expect(unknown.code).toBe(2);
    expect((await scenario.call('drain')).code).toBe(0);
    expect(await old.end()).toBe(0);

    const next = startDaemon(scenario);
    const pool = await whenPool(scenario, next, ({ agents }) => agents.map(agent => agent.phase).join() === 'busy');
    expect(pool).toMatchObject({ drained: true, waiting: 'drained by a person' });
    expect((await scenario.call('status')).stdout).toMatch(/agents, 0 prepared, 0 preparing, draining\n/);
    const late = await scenario.call('drain', '--wait', '--timeout', '1s');
    expect(late.stdout).toMatch(/^Waiting for \S+ \(busy, a long one\)\.$/m);
    expect([late.code, late.stderr]).toEqual([1, expect.stringMatching(/^not drained within 1s; the drain goes on/)]);
    const whole = scenario.call('drain', '--wait');
    const busyOne = pool.agents[0]?.name ?? '';
    await expectShell(scenario, busyOne);
    const followed = await follow(scenario, busyOne);
    await scenario.incus.files.push(busyOne, '/tmp/go', '');
    expect((await busy.finished).result).toBe('succeeded');
    await expectFollowed(followed);
    expect(await whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Drained\.$/m) });
    expect((await readPool(scenario)).agents).toEqual([]);

    expect((await scenario.call('resume', 'default')).stdout).toBe('Pool default: agents are made again.\n');
    await agentsOnline(emulator, 2);
    const one = emulator.agents().find(({ enabled }) => enabled)?.name ?? '';
    expect((await readPool(scenario)).drained).toBe(false);
    expect((await scenario.call('drain', '--agent', 'nobody')).stderr).toMatch(/no agent "nobody"; "status" lists/);
    expect(await scenario.call('drain', '--agent', one, '--wait')).toMatchObject({ code: 0 });
    expect(emulator.agents().map(({ name }) => name)).not.toContain(one);
    await agentsOnline(emulator, 2);
    const another = await disableInPortal(scenario, one);
    await next.seen(line => line.msg === 'agent gone' && line.agent === another);
    const why = async (name: string) => (await scenario.call('logs', name)).stdout.split('\n', 1)[0];
    expect(await why(one)).toBe(`${one}: drained: drained by a person`);
    expect(await why(another)).toBe(`${another}: drained: somebody disabled it in Azure`);
    await agentsOnline(emulator, 2);
    expect((await scenario.call('drain', 'default')).code).toBe(0);
    await drainedEmpty(scenario, next);
    expect((await scenario.call('resume')).code).toBe(0);
    expect(await next.end()).toBe(0);
  });

  test('plan shows what to create where a base is ready', async () => {
    await scenario.configure({ agentCount: 6, maxConcurrentCreates: 9 });
    const { stdout } = await runProgram(['plan', ...config(), '--json']);
    const { actions } = JSON.parse(stdout) as { actions: { action: string; reason: string }[] };
    expect(actions.filter(({ action }) => action !== 'delete-registration').map(({ action }) => action)).toContain(
      'create-instance',
    );
  });
});

/** The agent that is busy, its job and its pool are explained; a program cannot watch the status. */
async function expectExplained(scenario: Scenario, status: string): Promise<void> {
  const name = /^(\S+) +busy/m.exec(status)?.[1] ?? '';
  const { stdout } = await scenario.call('explain', name);
  expect(stdout).toMatch(/^\S+ is busy for \d+s: it has a job, and nothing ends it but the end of that\.\n/);
  const number = /\(request (\d+)\)/.exec(stdout)?.[1] ?? '';
  expect((await scenario.call('explain', number, '--json')).stdout).toContain(`is with ${name} for`);
  expect((await scenario.call('explain', 'defualt')).stderr).toMatch(
    /no pool is called "defualt".* near to it: default\n/,
  );
  const watched = await scenario.call('status', '--watch');
  expect([watched.code, watched.stderr]).toEqual([2, expect.stringContaining('--watch redraws a terminal')]);
}

/** Disables an idle agent as a person does in the portal. */
async function disableInPortal({ emulator }: Scenario, not: string): Promise<string> {
  await using azure = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
  const name = await anotherOnline(emulator, not);
  const { id = 0 } = emulator.agents().find(agent => agent.name === name) ?? {};
  const pool = await azure.pools.findByName('default');
  await azure.agents.patch(pool?.id ?? 0, { id, name, enabled: false });
  return name;
}

/** Checks a text as the file of a host whose /tmp holds it and the script that it names, and nothing else. */
function checkWithScript(text: string, ...options: readonly string[]): Promise<Ended> {
  const setUp = `mount -t tmpfs none /tmp && echo 'echo provisioned' >/tmp/script &&
    install -m 600 /dev/null /tmp/seed.yaml && printf %s "$TEXT" >/tmp/seed.yaml && exec "$@"`;
  const within = ['unshare', '--mount', 'sh', '-c', setUp, 'sh'];
  const args = ['check', '--config', '/tmp/seed.yaml', ...options];
  return runProgram(args, { env: { ...process.env, TEXT: text }, within });
}

/** Metrics have the names and the agents by phase, and no name of an agent; health says ok. */
async function expectMetrics(port: number, agents: readonly string[]): Promise<void> {
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
  for (const part of ['', 'page.js', 'page.css', 'icon.svg'])
    expect((await fetch(`http://127.0.0.1:${port}/${part}`)).status, part).toBe(200);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain('iap_agents{pool="default",phase="busy"} 1\n');
  expect(text).toContain('iap_agents{pool="default",phase="idle"} 1\n');
  expect(text).toContain('iap_agents{pool="default",phase="prepared"} 1\n');
  expect(text).toContain('iap_target_agents{pool="default"} 2\n');
  expect(text).toContain('iap_readable{of="incus",pool=""} 1\n');
  expect(text).toContain('iap_readable{of="azure",pool="default"} 1\n');
  expect(text).toMatch(/iap_actions_total\{pool="default",action="build-base",outcome="done"\} 1\n/);
  expect(text).toMatch(/iap_phases_total\{pool="default",phase="prepared"\} [2-9]/);
  expect(text).toMatch(/iap_call_duration_seconds_count\{to="azure",route="[^"]+",status="200"\}/);
  expect(text).toMatch(/iap_action_duration_seconds_bucket/);
  for (const name of agents) expect(text).not.toContain(name);
}
