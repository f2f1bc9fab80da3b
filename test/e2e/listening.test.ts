import type { Emulator, EmulatorOptions } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';
import { drainedEmpty, lineShown, startDaemon, whenEmulator } from './waiting.js';

const MARK = 'user.iap.listening';
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo ended';
const LONG = { timeout: 300_000 };

describeOnIncus('a reserve that listens', testbed => {
  async function start(emulator: EmulatorOptions = {}, settings: object = {}): Promise<Scenario> {
    const scenario = await startWithBase({
      ...testbed(),
      emulator,
      standIn: { startDelayMs: 2_000 },
      settings: { agentCount: 2, reserve: 1, registration: 'host', reserveListening: true, ...settings },
    });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  test(
    'takes the places of agents that end, is given no job before, and leaves nothing after a drain',
    LONG,
    async () => {
      const scenario = await start();
      const { emulator } = scenario;
      const early: string[] = [];
      emulator.on(event => {
        if (event.kind !== 'job-assigned') return;
        if (!emulator.agents().find(agent => agent.name === event.agentName)?.enabled) early.push(event.agentName);
      });
      const daemon = startDaemon(scenario);
      for (let round = 1; round <= 2; round++) {
        const member = await memberOnline(scenario, daemon);
        const jobs = [1, 2, 3, 4].map(n =>
          emulator.queueJob({ name: `job ${round}.${n}`, steps: [{ script: 'true' }] }),
        );
        for (const job of jobs) expect((await job.finished).result).toBe('succeeded');
        expect(jobsOf(emulator, member)).toHaveLength(1);
      }
      expect(early).toEqual([]);
      expect(emulator.jobs().map(job => job.agentName)).toHaveLength(
        new Set(emulator.jobs().map(job => job.agentName)).size,
      );

      const member = await memberOnline(scenario, daemon);
      expect((await scenario.call('status')).stdout).toMatch(new RegExp(`1 listening[^]*${member} +listening`));
      expect((await scenario.call('drain')).code).toBe(0);
      await drainedEmpty(scenario, daemon);
      expect(emulator.agents()).toEqual([]);
      expect(emulator.deletedAgents()).toContainEqual(expect.objectContaining({ name: member, enabled: false }));
      expect((await scenario.instanceNames()).filter(name => !name.startsWith('iap-base-'))).toEqual([]);
    },
  );

  test(
    'is adopted as it is after a kill, and used; or deregistered and replaced, if it is gone by then',
    LONG,
    async () => {
      const scenario = await start({ sessionLapseMs: 5_000, pollHoldMs: 2_000 }, { orphanGracePeriod: '1s' });
      const { emulator, incus } = scenario;
      const first = startDaemon(scenario);
      const member = await memberOnline(scenario, first);
      const { instance: before } = await incus.instances.get(member);
      await first.end('SIGKILL');

      const second = startDaemon(scenario);
      expect(await memberOnline(scenario, second)).toBe(member);
      const { instance: after } = await incus.instances.get(member);
      expect([after.last_used_at, after.config[MARK]]).toEqual([before.last_used_at, before.config[MARK]]);
      const jobs = [1, 2, 3].map(n => emulator.queueJob({ name: `job ${n}`, steps: [{ script: 'true' }] }));
      for (const job of jobs) expect((await job.finished).result).toBe('succeeded');
      expect(jobsOf(emulator, member)).toHaveLength(1);

      const lost = await memberOnline(scenario, second);
      await second.end('SIGKILL');
      await incus.instances.stop(lost, { force: true });
      const third = startDaemon(scenario);
      expect(await memberOnline(scenario, third)).not.toBe(lost);
      await whenEmulator(emulator, () => emulator.deletedAgents().some(({ name }) => name === lost));
      expect(emulator.deletedAgents()).toContainEqual(expect.objectContaining({ name: lost, enabled: false }));
      expect(await third.end()).toBe(0);
    },
  );

  test.each([
    // Whom nobody enabled is drained like one that a person disabled.
    ['is lost', false],
    ['arrives all the same', true],
  ] as const)(
    'loses neither a job nor a place when the daemon is killed while its call to Azure %s',
    LONG,
    async (_, isEnabled) => {
      const scenario = await start();
      const { emulator, incus } = scenario;
      const first = startDaemon(scenario);
      const member = await memberOnline(scenario, first);
      const job = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
      const { agentName: busy } = await lineShown(emulator, job, 'begun');
      await first.seen(line => line.kind === 'disable-agent' && line.name === busy && line.msg === 'action done');
      emulator.failNext({ kind: 'hang', method: 'PATCH', path: /\/agents\/\d+$/, applied: isEnabled });
      await incus.files.push(busy, '/tmp/go', '');
      expect((await job.finished).result).toBe('succeeded');
      await polled(
        async () => (await incus.instances.get(member)).instance.config[MARK] ?? '',
        mark => mark === '',
      );
      if (isEnabled)
        await whenEmulator(emulator, () => emulator.agents().some(({ name, enabled }) => name === member && enabled));
      await first.end('SIGKILL');
      emulator.clearFaults();

      const second = startDaemon(scenario);
      await whenPool(
        scenario,
        second,
        pool => isFull(pool) && isEnabled === pool.agents.some(({ name }) => name === member),
      );
      const jobs = [1, 2, 3].map(n => emulator.queueJob({ name: `job ${n}`, steps: [{ script: 'true' }] }));
      for (const queued of jobs) expect((await queued.finished).result).toBe('succeeded');
      expect(jobsOf(emulator, member)).toHaveLength(isEnabled ? 1 : 0);
      await memberOnline(scenario, second);
      expect(await second.end()).toBe(0);
    },
  );
});

/** Full, and all of the reserve listens; one that is on its way to it counts in the numbers alone. */
function isFull({ agents, live }: PoolStatus): boolean {
  const phases = agents.map(({ phase }) => phase);
  const count = (phase: string) => phases.filter(one => one === phase).length;
  return live === 2 && count('idle') === 2 && count('listening') === 1;
}

/** Resolves with the name of the only member once the pool is full and Azure shows the member online. */
async function memberOnline(scenario: Scenario, daemon: DaemonProcess): Promise<string> {
  const { emulator } = scenario;
  const pool = await whenPool(scenario, daemon, isFull);
  const name = pool.agents.find(({ phase }) => phase === 'listening')?.name ?? '';
  await whenEmulator(emulator, () =>
    emulator.agents().some(agent => agent.name === name && agent.status === 'online' && !agent.enabled),
  );
  return name;
}

function jobsOf(emulator: Emulator, agent: string): readonly string[] {
  return emulator.jobs().flatMap(job => (job.agentName === agent ? [job.name] : []));
}
