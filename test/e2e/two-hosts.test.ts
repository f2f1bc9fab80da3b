import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { readPool, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';
import { drainedEmpty, startDaemon, whenEmulator } from './waiting.js';

const READINGS = 5;

describeOnIncus('two hosts of one name', testbed => {
  test('fill one agent pool side by side, and delete nothing of each other', { timeout: 240_000 }, async () => {
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

  async function start(settings: object, emulator: object = {}): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { ...settings }, emulator });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }
});
