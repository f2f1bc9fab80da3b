import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type OwnIncus, startOwnIncus } from '../../testbed/own-incus.js';
import { runCommand } from '../../testbed/run-command.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { lineShown, tellOnFailure, whenEmulator } from './waiting.js';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const SETTINGS = { agentCount: 2, reserve: 1, orphanGracePeriod: '1s' } as const;
const LAPSES = { lockMs: 20_000, sessionLapseMs: 4_000, pollHoldMs: 2_000 } as const;
const LONG = { timeout: 300_000 };

describeOnIncus('back to full strength by itself', () => {
  let own: OwnIncus;
  let scenario: Scenario;
  let daemon: DaemonProcess;
  beforeAll(async () => {
    own = await startOwnIncus({ storageSizeGiB: 5 }, SETTINGS, { emulator: LAPSES });
    ({ scenario } = own);
    daemon = await startIn('first');
    await whenPool(scenario, daemon, isWhole);
  }, LONG.timeout);
  beforeEach(() => tellOnFailure(daemon));
  afterAll(() => own?.[Symbol.asyncDispose]());

  test('comes a pool whose bridge goes down and up again, its jobs unharmed', LONG, async () => {
    const { emulator, incus } = scenario;
    const job = emulator.queueJob({ steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    await whenPool(scenario, daemon, isWhole);
    const bridge = (await incus.instances.get(busy)).instance.expanded_devices.eth0?.network ?? '';
    await runCommand('ip', ['link', 'set', bridge, 'down']);
    await whenEmulator(emulator, () => emulator.agents().some(({ status }) => status === 'offline'));
    await runCommand('ip', ['link', 'set', bridge, 'up']);
    await whenPool(scenario, daemon, isWhole);
    await incus.files.push(busy, '/tmp/go', '');
    expect(await job.finished).toMatchObject({ result: 'succeeded', agentName: busy });
    await whenPool(scenario, daemon, pool => isWhole(pool) && pool.agents.every(({ name }) => name !== busy));
  });

  test(
    'comes a pool whose host has lost its power, bridge and all, and the ledger names the restart',
    LONG,
    async () => {
      const { emulator, incus } = scenario;
      const job = emulator.queueJob({ name: 'lost', steps: [{ script: UNTIL_TOLD }] });
      const { agentName: busy } = await lineShown(emulator, job, 'begun');
      const before = await whenPool(scenario, daemon, isWhole);
      const [kept] = before.agents.filter(({ phase }) => phase === 'idle').map(({ name }) => name);
      await incus.instances.patch(kept ?? '', { ephemeral: false });
      await daemon.end('SIGKILL');
      await own.incus.powerCycle();

      daemon = await startIn('second');
      const names = before.agents.map(({ name }) => name);
      await whenPool(scenario, daemon, pool => isWhole(pool) && pool.agents.every(({ name }) => !names.includes(name)));
      expect((await job.finished).result).toBe('abandoned');
      await whenEmulator(emulator, () => emulator.agents().every(({ name }) => !names.includes(name)));
      expect((await scenario.instanceNames()).filter(name => names.includes(name))).toEqual([]);
      const { stdout } = await scenario.call('logs');
      for (const name of names)
        expect(stdout.split('\n').find(line => line.startsWith(name))).toMatch(/ host restart: it ended before/);
      expect(stdout).toMatch(new RegExp(`^${busy} .* lost `, 'm'));
      expect(await emulator.queueJob({ steps: [{ script: 'true' }] }).finished).toMatchObject({ result: 'succeeded' });
      expect(await daemon.end()).toBe(0);
    },
  );

  /** Starts the daemon in a boot of the host of this name. */
  async function startIn(boot: string): Promise<DaemonProcess> {
    const path = join(scenario.directory, `boot-${boot}`);
    await writeFile(path, `${boot}\n`);
    const within = ['unshare', '--mount', 'sh', '-c', `mount --bind '${path}' ${BOOT_ID} && exec "$@"`, 'sh'];
    return scenario.startDaemon(undefined, { within });
  }
});

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

function isWhole({ agents, live, prepared }: PoolStatus): boolean {
  const atWork = agents.filter(({ phase }) => phase === 'idle' || phase === 'busy').length;
  return live === 2 && atWork === 2 && prepared === 1;
}
