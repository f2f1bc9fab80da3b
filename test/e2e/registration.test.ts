import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, type ScenarioOptions, startScenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { canary, watchForToken } from './guest-watch.js';
import { rememberHost } from './remembered-host.js';
import { agentsOnline, drainedEmpty, lineShown, startDaemon } from './waiting.js';

const LONG = { timeout: 300_000 };
const WITHOUT_IDENTITY = /^incus-azure-pipelines: register an agent at \S+: .*"authorization".*; use Azure [^\n]+\n$/;

describeOnIncus('registration by the host', testbed => {
  async function scenarioWith(options: Partial<ScenarioOptions>, start = startWithBase): Promise<Scenario> {
    const scenario = await start({ ...testbed(), ...options });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  /** Where the token is seen in a guest that registers or is registered, runs a job and powers off. */
  async function sightsOfToken(registration: 'host' | 'guest'): Promise<readonly string[]> {
    // With a base of its own: what its building left of the token is looked for, too.
    const settings = { agentCount: 1, registration, ...canary.settings };
    const scenario = await scenarioWith({ settings }, startScenario);
    const { emulator, incus } = scenario;
    // Whoever registers is kept waiting, so that a watch that can see the token does.
    emulator.failNext({ kind: 'latency', method: 'POST', path: /\/agents$/, delayMs: 10_000, times: 2 });
    const daemon = startDaemon(scenario);
    const made = await daemon.seen(line => line.kind === 'create-instance' && line.msg === 'action done');
    const name = String(made.name);
    const watch = await watchForToken(incus, name, emulator.token);

    await agentsOnline(emulator, 1);
    const queued = emulator.queueJob({ steps: [{ script: canary.script }] });
    await lineShown(emulator, queued, `waiting on ${name}`);
    await watch.lookedEverywhere();
    await incus.exec(name, { command: ['touch', '/tmp/go'] });
    expect((await queued.finished).result).toBe('succeeded');
    await watch.ended;
    expect(JSON.stringify(daemon.log)).not.toContain(emulator.token);
    return watch.sights();
  }

  test('keeps the token out of the whole guest, from its boot to its power-off', LONG, async () => {
    expect(await sightsOfToken('host')).toEqual([]);
  });

  test(
    'would be seen to fail at that: the same watch finds the token of a guest that registers itself',
    LONG,
    async () => {
      expect(await sightsOfToken('guest')).toContain('token memory');
    },
  );

  test('is what auto comes to; a restart asks no more, and a drain leaves nothing', async () => {
    const scenario = await scenarioWith({
      settings: { agentCount: 2, reserve: 1, registration: 'auto' },
    });
    const { emulator } = scenario;
    const first = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    expect((await whenPool(scenario, first, () => true)).registration).toBe('host');
    expect(first.log.filter(line => line.level === 'warn')).toEqual([]);
    const job = await emulator.queueJob({ steps: [{ script: 'echo hello' }] }).finished;
    expect(job.lines).toContain('hello');
    // A daemon that has not seen an agent's end leaves its registration there for minutes.
    await first.seen(line => line.msg === 'agent gone' && line.agent === job.agentName);
    await agentsOnline(emulator, 2);
    await whenPool(scenario, first, pool => pool.prepared === 1);
    expect(await first.end()).toBe(0);
    await expectActivation(scenario);
    const probes = () => emulator.deletedAgents().filter(agent => agent.name.startsWith('probe-'));
    expect(probes()).toHaveLength(1);

    const second = startDaemon(scenario);
    await whenPool(scenario, second, pool => pool.live === 2 && pool.registration === 'host');
    expect(probes()).toHaveLength(1);
    expect((await scenario.call('drain')).code).toBe(0);
    await drainedEmpty(scenario, second);
    expect(emulator.agents()).toEqual([]);
  });

  /** What the next daemon would do with a place more: activate at once, since it is remembered who registers. */
  async function expectActivation(scenario: Scenario): Promise<void> {
    await scenario.configure({ agentCount: 3 });
    const calls = scenario.emulator.calls().length;
    const { stdout } = await runProgram(['plan', '--config', scenario.configPath, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      actions: expect.arrayContaining([expect.objectContaining({ action: 'activate-agent', reason: 'below target' })]),
      pools: [{ registration: 'host', target: 3, live: 2, prepared: 1 }],
    });
    expect(
      scenario.emulator
        .calls()
        .slice(calls)
        .filter(call => call.method !== 'GET' && call.caller === 'organisation'),
    ).toEqual([]);
    await scenario.configure();
  }

  test.each([
    [{ refuseKeys: true }, 'registration with a key', 'This server accepts no public keys for agents.'],
    [{ refuseAssertions: true }, 'token for an assertion', 'This server accepts no assertions.'],
  ] as const)('is given up by auto with one warning where the server refuses: %o', async (emulator, step, why) => {
    const scenario = await scenarioWith({ emulator, settings: { registration: 'auto' } }, startScenario);
    const daemon = startDaemon(scenario);
    const warning = await daemon.seen(line => line.level === 'warn');
    expect(warning).toMatchObject({ pools: ['default'], mode: 'guest', step, why: expect.stringContaining(why) });
    await whenPool(scenario, daemon, ({ registration }) => registration === 'guest');
    await daemon.seen(line => line.kind === 'build-base' && line.msg === 'action done');
    expect(daemon.log.filter(line => line.mode === 'guest')).toEqual([warning]);
    expect(scenario.emulator.agents().filter(({ name }) => name.startsWith('probe-'))).toEqual([]);
  });

  test.each(['auto', 'host', 'guest'])(
    'refuses, with %s, a server that gives agents no identity',
    async registration => {
      const scenario = await scenarioWith(
        { emulator: { omitAuthorization: true }, settings: { registration } },
        startScenario,
      );
      const { code, stderr } = await runProgram(['run', '--config', scenario.configPath]);
      expect(stderr).toMatch(WITHOUT_IDENTITY);
      expect(code).toBe(2);
      expect(scenario.emulator.agents()).toEqual([]);
    },
  );

  test('ends the daemon at the first agent where a server that was remembered gives it no identity', LONG, async () => {
    const settings = { agentCount: 1, registration: 'auto' };
    const scenario = await scenarioWith({ emulator: { omitAuthorization: true }, settings });
    await rememberHost(scenario);
    const { code, stdout, stderr } = await runProgram(['run', '--config', scenario.configPath]);
    expect(stderr).toMatch(WITHOUT_IDENTITY);
    expect(code).toBe(2);
    expect(stdout).toContain('"kind":"activate-agent"');
    expect(scenario.emulator.deletedAgents().filter(agent => agent.name.startsWith('probe-'))).toEqual([]);
    expect(scenario.emulator.agents()).toEqual([]);
  });
});
