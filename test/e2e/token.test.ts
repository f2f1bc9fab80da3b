import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { type Scenario, type ScenarioOptions, startScenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { canary, watchForToken } from './guest-watch.js';
import { rememberHost } from './remembered-host.js';
import { anotherOnline, lineShown, startDaemon } from './waiting.js';

describeOnIncus('the token', testbed => {
  async function scenarioWith(options: Partial<ScenarioOptions>): Promise<Scenario> {
    const scenario = await startScenario({ ...testbed(), ...options });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  test('is in no file, environment, command line or memory of a guest that runs a job', async () => {
    const scenario = await scenarioWith({ settings: { agentCount: 1, registration: 'guest', ...canary.settings } });
    const { emulator, incus } = scenario;
    await using _daemon = startDaemon(scenario);
    const name = await anotherOnline(emulator);
    const queued = emulator.queueJob({ steps: [{ script: canary.script }] });
    await lineShown(emulator, queued, `waiting on ${name}`);
    const watch = await watchForToken(incus, name, emulator.token);
    await watch.lookedEverywhere();
    expect(JSON.stringify(await incus.instances.list())).not.toContain(emulator.token);
    await incus.exec(name, { command: ['touch', '/tmp/go'] });
    expect((await queued.finished).result).toBe('succeeded');
    await watch.ended;
    expect(watch.sights()).toEqual([]);
  });

  test('goes with its machine, before any job can come, when a server that did well once gives the agent nothing better', async () => {
    const scenario = await scenarioWith({
      settings: { agentCount: 1, registration: 'guest' },
      emulator: { omitAuthorization: true },
    });
    // Else the daemon asks the server itself, and ends before any guest has the token.
    await rememberHost(scenario);
    const { emulator, incus } = scenario;
    await using events = await recordLifecycle(incus);
    const told: string[] = [];
    emulator.on(({ kind }) => told.push(kind));
    await using daemon = startDaemon(scenario);
    const error = await daemon.seen(line => line.level === 'error');
    expect(error).toMatchObject({
      msg: 'the agent could not be registered',
      error: expect.stringMatching(/\.credentials is not of scheme OAuth/),
    });
    const { backingOff } = await whenPool(scenario, daemon, pool =>
      pool.backingOff.some(one => one.error === error.error),
    );
    expect(backingOff).toMatchObject([{ action: 'register-agent' }]);
    const name = String(error.agent);
    expect((await events.seen('instance-deleted', name)).metadata.requestor).toBeUndefined();
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === name);
    expect(daemon.log.filter(line => line.level === 'error' && line.agent === name)).toEqual([error]);
    expect(JSON.stringify(daemon.log)).not.toContain(emulator.token);
    expect(told).toContain('agent-registered');
    expect(told).not.toContain('agent-online');
  });
});
