import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type LifecycleLog, recordLifecycle } from '../../testbed/lifecycle-log.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { anotherOnline, lineShown, startDaemon, whenEmulator } from './waiting.js';

/** Longer than any test: whoever waits for an interval of this length waits in vain. */
const never = '1h';

describeOnIncus('a guest goes by itself, and is replaced at once,', testbed => {
  let scenario: Scenario;
  let events: LifecycleLog;
  beforeAll(async () => {
    scenario = await startWithBase({
      ...testbed(),
      emulator: { lockMs: 12_000, sessionLapseMs: 5_000, pollHoldMs: 2_000 },
      settings: { agentCount: 1, reconcileInterval: never, orphanGracePeriod: '1s' },
    });
    events = await recordLifecycle(scenario.incus);
  });
  afterAll(async () => {
    await events?.[Symbol.asyncDispose]();
    await scenario?.[Symbol.asyncDispose]();
  });

  test.each([
    ['the wrapper', 'kill -9 "$(systemctl show -P MainPID iap-agent)"'],
    ['run.sh', 'kill -9 "$(ps -C run.sh -o pid= | head -n 1)"'],
    ['every process but the first', 'kill -9 -1'],
  ])('when %s is killed in the middle of a job, which Azure then gives up', async (_what, script) => {
    const { emulator, incus } = scenario;
    const [queued, agentName, agentId] = await withDaemon(never, async () => {
      await anotherOnline(emulator);
      const job = emulator.queueJob({ steps: [{ script: 'echo running\nsleep 3600' }] });
      const { agentName, agentId } = await lineShown(emulator, job, 'running');
      // The command dies with what it kills.
      await incus.exec(agentName, { command: ['bash', '-c', script] }).catch(() => undefined);
      expect((await events.seen('instance-deleted', agentName)).metadata.requestor).toBeUndefined();
      await anotherOnline(emulator, agentName);
      return [job, agentName, agentId];
    });

    // Azure believes that the job goes on until its lock has lapsed, and until then the registration stays.
    await withDaemon('1s', async daemon => {
      const job = await queued.finished;
      expect(job).toMatchObject({ result: 'abandoned', agentName });
      await whenEmulator(emulator, () => !emulator.agents().some(agent => agent.name === agentName));
      await daemon.seen(line => line.msg === 'agent gone' && line.agent === agentName);
      const deregistrations = emulator
        .calls()
        .filter(({ method, path }) => method === 'DELETE' && path.endsWith(`/agents/${agentId}`));
      expect(deregistrations).toHaveLength(1);
      expect(deregistrations[0]?.at).toBeGreaterThanOrEqual(job.finishedAt ?? Number.NaN);
    });
  });

  test('when it is prepared, and no agent yet', async () => {
    const { incus } = scenario;
    await scenario.configure({ reserve: 1 });
    await using daemon = startDaemon(scenario);
    const before = await whenPool(scenario, daemon, pool => pool.live === 1 && pool.prepared === 1);
    const isPrepared = ({ phase }: { readonly phase: string }) => phase === 'prepared';
    const name = before.agents.find(isPrepared)?.name ?? '';
    // The command dies with the guest.
    await incus.exec(name, { command: ['poweroff', '-f'] }).catch(() => undefined);
    expect((await events.seen('instance-deleted', name)).metadata.requestor).toBeUndefined();
    const after = await whenPool(scenario, daemon, pool => pool.agents.some(a => isPrepared(a) && a.name !== name));
    // Beside it a registration may be seen by which the daemon has just tried what its token may do.
    const idle = (pool: PoolStatus) => pool.agents.filter(({ phase }) => phase === 'idle').map(agent => agent.name);
    expect(idle(before)).toHaveLength(1);
    expect(idle(after)).toEqual(idle(before));
  });

  /** Runs a daemon that reads Azure in this interval, and Incus when it is told to. */
  async function withDaemon<T>(azurePollInterval: string, use: (daemon: DaemonProcess) => Promise<T>): Promise<T> {
    await scenario.configure({ azurePollInterval });
    await using daemon = startDaemon(scenario);
    await daemon.seen(line => line.msg === 'running');
    return await use(daemon);
  }
});
