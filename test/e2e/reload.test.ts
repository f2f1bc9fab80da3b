import { expect, onTestFinished, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { whenPool, whenStatus } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, lineShown, startDaemon, whenEmulator } from './waiting.js';

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';
const SMALL = 0.5;
const AGENT_COUNT_IS_WRONG = /config\.yaml:\d+:\d+: agentCount: /;

describeOnIncus('a configuration that changes under a daemon', testbed => {
  test('replaces idle agents of the old shape, and lets the job end', { timeout: 300_000 }, async () => {
    const scenario = await startWithBase({ ...testbed(), settings: { agentCount: 2 } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const job = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    await whenPool(scenario, daemon, pool => pool.agents.filter(({ phase }) => phase === 'idle').length === 1);

    await scenario.configure({ maxRamInGb: SMALL });
    const taken = await daemon.seen(line => line.msg === 'the configuration changes');
    expect(taken.change).toBe(`pool "default": maxRamInGb not set → ${SMALL}; its idle agents are replaced, one first`);
    const replaced = await daemon.seen(line => line.msg === 'action done' && line.reason === 'of an old shape');
    expect(replaced.name).not.toBe(busy);
    await whenPool(scenario, daemon, pool => pool.agents.some(({ name, phase }) => phase === 'idle' && name !== busy));
    expect(await memoryOf(scenario, busy)).toBeUndefined();
    expect(emulator.agents().find(({ name }) => name === busy)?.status).toBe('online');

    await incus.files.push(busy, '/tmp/go', '');
    expect((await job.finished).result).toBe('succeeded');
    const whole = await whenPool(scenario, daemon, ({ agents }) => isIdle(agents, 2) && !named(agents).includes(busy));
    for (const name of named(whole.agents)) expect(await memoryOf(scenario, name)).toBe(String(SMALL * 2 ** 30));
    expect(await daemon.end()).toBe(0);
  });

  test('is refused where it is wrong, and the old one goes on until it is mended', async () => {
    const scenario = await startWithBase({ ...testbed(), settings: { agentCount: 1 } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 1);

    // That who asks is heard shows while there is no change that could be seen by itself.
    hangUp(daemon);
    await daemon.seen(line => line.msg === 'the configuration was read again; nothing has changed');
    await scenario.configure({ agentCount: 'many' });
    const refused = await daemon.seen(line => /the new configuration is refused/.test(line.msg));
    expect(refused.text).toMatch(AGENT_COUNT_IS_WRONG);
    const { configuration } = await whenStatus(scenario, status => status.configuration?.refused !== undefined);
    expect(configuration?.refused?.why).toMatch(AGENT_COUNT_IS_WRONG);
    expect((await scenario.call('status')).stdout).toMatch(
      /refused \d+s ago, the old one goes on:\n +\S+: agentCount: /,
    );
    const job = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect(job.result).toBe('succeeded');

    await scenario.configure({ http: { port: 9 } });
    const needsRestart = /^http changed, which takes a restart; restart the daemon, or put that back/;
    await daemon.seen(line => typeof line.text === 'string' && needsRestart.test(line.text));
    await scenario.configure({ agentCount: 2 });
    await agentsOnline(emulator, 2);
    const mended = await whenStatus(scenario, status => status.configuration?.refused === undefined);
    expect(mended.pools).toMatchObject([{ agentCount: 2 }]);
    expect(await daemon.end()).toBe(0);
  });

  test('adds a pool and takes one away, whose job ends well', { timeout: 300_000 }, async () => {
    const scenario = await startWithBase({
      ...testbed(),
      settings: { agentCount: 1 },
      emulator: { pools: ['default', 'other'] },
    });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 1);
    const job = emulator.queueJob({ name: 'a long one', pool: 'default', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');

    await scenario.configure({ azure: { pat: emulator.token, url: emulator.url, pool: 'other' } });
    await whenPool(scenario, daemon, pool => isIdle(pool.agents, 1), 'other');
    const { removed } = await whenStatus(scenario, status => status.removed.length === 1);
    expect(removed).toMatchObject([{ name: 'default', agents: [{ name: busy, phase: 'busy' }], unread: false }]);

    await incus.files.push(busy, '/tmp/go', '');
    expect((await job.finished).result).toBe('succeeded');
    await whenStatus(scenario, status => status.removed.length === 0);
    await whenEmulator(emulator, () => !emulator.agents().some(({ name }) => name === busy));
    const next = await emulator.queueJob({ pool: 'other', steps: [{ script: 'true' }] }).finished;
    expect(next.result).toBe('succeeded');
    expect(await daemon.end()).toBe(0);
  });
});

type Agents = readonly { readonly name: string; readonly phase: string }[];

function isIdle(agents: Agents, count: number): boolean {
  return agents.length === count && agents.every(({ phase }) => phase === 'idle');
}

function named(agents: Agents): readonly string[] {
  return agents.map(({ name }) => name);
}

async function memoryOf({ incus }: Scenario, name: string): Promise<string | undefined> {
  const { instance } = await incus.instances.get(name);
  const limit = instance.config['limits.memory'];
  return limit?.replace(/B$/, '') || undefined;
}

function hangUp({ pid }: DaemonProcess): void {
  process.kill(pid, 'SIGHUP');
}
