import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogLine } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type IncusProxy, startIncusProxy } from '../../testbed/incus-proxy.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool, whenStatus } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { startDaemon, whenEmulator } from './waiting.js';

describeOnIncus('a pool whose activations fail has its agents again when they succeed', testbed => {
  let scenario: Scenario;
  let proxy: IncusProxy;
  beforeAll(async () => {
    const settings = { agentCount: 2, reserve: 1, registration: 'host' };
    scenario = await startWithBase({ ...testbed(), settings });
    proxy = await startIncusProxy(testbed().socketPath, join(scenario.directory, 'incus.sock'));
    await scenario.configure({ incus: { socket: proxy.listenPath } });
  });
  afterAll(async () => {
    await scenario?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  test('where the server registers none, with the instances that were prepared for them', async () => {
    const { emulator } = scenario;
    emulator.failNext({ kind: 'server-error', method: 'POST', path: /\/agents$/, times: 1_000_000 });
    await using daemon = startDaemon(scenario);
    const hasFailedTwice = ({ backingOff }: PoolStatus) =>
      backingOff.some(({ action, failures }) => action === 'activate-agent' && failures >= 2);
    // An instance that is just being activated once more is not counted as prepared.
    const failing = await whenPool(scenario, daemon, pool => hasFailedTwice(pool) && pool.prepared === 3);
    expect(failing).toMatchObject({ live: 0, waiting: expect.stringContaining('the server failed (500)') });
    expect(emulator.agents()).toEqual([]);
    emulator.clearFaults();
    const full = await whenPool(scenario, daemon, isFull);
    const names = full.agents.flatMap(({ name, phase }) => (phase === 'idle' ? [name] : []));
    expect(namesOf(emulator.agents())).toEqual(names.sort());
  });

  test('where Incus takes the push for none for more than a minute, and takes back each that failed', {
    timeout: 300_000,
  }, async () => {
    const { emulator } = scenario;
    await using daemon = startDaemon(scenario);
    await whenPool(scenario, daemon, isFull);
    // Its agent is registered by then and the instance is marked.
    proxy.fail(({ method, path }) => method === 'POST' && path.endsWith('/files'));
    const { agentName: ended } = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    const failures = () => daemon.log.filter(isFailedActivation).map(({ name }) => String(name));
    const { time } = await daemon.seen(isFailedActivation);
    const aMinuteLater = Date.parse(String(time)) + 60_000;
    await whenStatus(
      scenario,
      ({ at, pools: [pool] }) =>
        at >= aMinuteLater && pool?.live === 1 && pool.waiting?.includes('failed by the test') === true,
    );
    const failed = failures();
    expect(failed.length).toBeGreaterThanOrEqual(3);
    expect(new Set(failed).size).toBe(failed.length);

    proxy.fail(() => false);
    await whenPool(scenario, daemon, isFull);
    const isWhole = () => emulator.agents().length === 2 && emulator.agents().every(({ name }) => name !== ended);
    await whenEmulator(emulator, isWhole);
    expect(emulator.deletedAgents().map(({ name }) => name)).toEqual(expect.arrayContaining(failed));
    expect((await scenario.instanceNames()).filter(name => failed.includes(name))).toEqual([]);
  });
});

function isFull({ agents, live, prepared }: PoolStatus): boolean {
  return live === 2 && prepared === 1 && agents.filter(({ phase }) => phase === 'idle').length === 2;
}

function namesOf(agents: readonly { readonly name: string }[]): readonly string[] {
  return agents.map(({ name }) => name).sort();
}

function isFailedActivation({ msg, kind }: LogLine): boolean {
  return msg.startsWith('action failed') && kind === 'activate-agent';
}
