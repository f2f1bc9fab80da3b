import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { readPool, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';
import { drainedEmpty, lineShown, startDaemon, whenEmulator } from './waiting.js';

const READINGS = 5;
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

describeOnIncus('two hosts', testbed => {
  test('of one name fill one agent pool side by side, and delete nothing of each other', {
    timeout: 240_000,
  }, async () => {
    // The prefix is what both would make of the one name.
    const settings = { agentCount: 2, agentPrefix: 'build', orphanGracePeriod: '1s', offlineGracePeriod: '1s' };
    const emulated = { sessionLapseMs: 2_000, pollHoldMs: 1_000 };
    const one = await start(settings, emulated);
    const other = await start(settings);
    const { emulator } = one;
    await other.configure({ azure: { pat: emulator.token, url: emulator.url, pool: 'default' } });
    const [first, second] = [startDaemon(one), startDaemon(other)];
    const isFull = ({ agents }: { agents: readonly { phase: string }[] }) =>
      agents.filter(({ phase }) => phase === 'idle').length === 2;
    const ours = (await whenPool(one, first, isFull)).agents.map(({ name }) => name);
    const theirs = (await whenPool(other, second, isFull)).agents.map(({ name }) => name);
    expect(new Set([...ours, ...theirs].map(name => name.replace(/-[^-]+-[^-]+$/, '')))).toEqual(new Set(['build']));
    expect(emulator.agents().map(({ name }) => name)).toEqual(expect.arrayContaining([...ours, ...theirs]));

    // One host loses its daemon and its instances: what is left in Azure looks like orphans, and is not the other's.
    await first.end('SIGKILL');
    for (const name of ours) await one.incus.instances.stop(name, { force: true });
    const isOurs = (name: string) => ours.includes(name);
    await whenEmulator(emulator, () => emulator.agents().every(a => !isOurs(a.name) || a.status === 'offline'));
    const since = emulator.calls().length;
    await polled(
      () =>
        emulator
          .calls()
          .slice(since)
          .filter(({ method, route }) => method === 'GET' && route.endsWith('/agents')),
      readings => readings.length >= READINGS,
    );
    expect(
      emulator
        .agents()
        .map(({ name }) => name)
        .filter(isOurs)
        .sort(),
    ).toEqual([...ours].sort());
    expect((await readPool(other)).agents.map(({ name }) => name)).toEqual(theirs);

    const again = startDaemon(one);
    await whenPool(one, again, isFull);
    await whenEmulator(emulator, () => !emulator.agents().some(({ name }) => isOurs(name)));
    expect((await one.call('logs', ours[0] ?? '')).stdout).toContain('vanished while no daemon ran');

    expect((await one.call('drain', '--host')).code).toBe(0);
    await drainedEmpty(one, again);
    expect(
      emulator
        .agents()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...theirs].sort());
    expect((await other.instanceNames()).filter(name => theirs.includes(name))).toHaveLength(2);
    const job = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect(job).toMatchObject({ result: 'succeeded', agentName: expect.stringMatching(theirs.join('|')) });
    expect([await again.end(), await second.end()]).toEqual([0, 0]);
  });

  test('that scale share a burst, with one agent too many each at most, and go back to one idle agent each', {
    timeout: 300_000,
  }, async () => {
    const settings = { agentCount: 3, standby: 1, idleTimeout: '5s' };
    const [one, other] = [await start(settings), await start(settings)];
    const { emulator, incus } = one;
    await other.configure({ azure: { pat: emulator.token, url: emulator.url, pool: 'default' } });
    const hosts = [one, other].map(scenario => ({ scenario, daemon: startDaemon(scenario) }));
    const rest = () =>
      Promise.all(
        hosts.map(({ daemon, scenario }) =>
          whenPool(scenario, daemon, ({ agents, live }) => live === 1 && agents[0]?.phase === 'idle'),
        ),
      );
    await rest();
    const made = () =>
      hosts.flatMap(({ daemon }) =>
        daemon.log.filter(({ kind, msg }) => kind === 'create-instance' && msg === 'action done'),
      ).length;
    const before = made();

    const jobs = [1, 2, 3, 4].map(n => emulator.queueJob({ name: `job ${n}`, steps: [{ script: UNTIL_TOLD }] }));
    const running = await Promise.all(jobs.map(job => lineShown(emulator, job, 'begun')));
    expect(new Set(running.map(({ agentName }) => agentName)).size).toBe(jobs.length);
    const here = new Set(await one.instanceNames());
    for (const { agentName } of running)
      await (here.has(agentName) ? incus : other.incus).files.push(agentName, '/tmp/go', '');
    for (const job of jobs) expect((await job.finished).result).toBe('succeeded');
    await rest();
    expect(made() - before).toBeLessThanOrEqual(jobs.length + hosts.length);
    for (const { daemon } of hosts) expect(await daemon.end()).toBe(0);
  });

  async function start(settings: object, emulator: object = {}): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { ...settings }, emulator });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }
});
