import type { JobRecord } from 'azure-pipelines-emulator';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { browserObstacle } from '../../packages/incus-azure-pipelines/test/browser.js';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { startWithBase } from './finished-base.js';
import { type Foreigners, placeForeigners } from './foreigners.js';
import { openPage, whenAgreed } from './seen-page.js';
import { anotherOnline, lineShown, tellOnFailure, whenEmulator } from './waiting.js';

const endless = ['echo running', 'sleep 3600'].join('\n');
/** The agent renews its lock once a minute: a job that is not abandoned has to be shorter than its lock. */
const lapses = { lockMs: 15_000, sessionLapseMs: 5_000, pollHoldMs: 2_000 };

describeOnIncus('the place is free again, and the next job runs,', testbed => {
  let scenario: Scenario;
  let daemon: DaemonProcess;
  let foreigners: Foreigners;
  /** Agents that had their job; they may look online for a moment longer. */
  const used: string[] = [];
  beforeAll(async () => {
    scenario = await startWithBase({
      ...testbed(),
      emulator: lapses,
      settings: { agentCount: 1, agentPrefix: 'ci', powerOffTimeout: '1s', http: { port: 0 } },
    });
    daemon = scenario.startDaemon();
    await anotherOnline(scenario.emulator);
    foreigners = await placeForeigners(scenario, testbed().image);
  });
  beforeEach(() => tellOnFailure(daemon));
  afterAll(() => scenario?.[Symbol.asyncDispose]());

  type Ended = Pick<JobRecord, 'agentName' | 'result' | 'receivedAt'>;

  /** Has a job end in some way on the only agent, and another job run after it. */
  async function ends(job: (first: string) => Promise<Ended>): Promise<void> {
    const { emulator } = scenario;
    const first = await anotherOnline(emulator, ...used);
    const { agentName, result, receivedAt } = await job(first);
    expect(agentName).toBe(first);
    const second = await anotherOnline(emulator, ...used, first);
    const further = await emulator.queueJob({ steps: [{ script: 'echo done' }] }).finished;
    used.push(first, second);
    expect(further).toMatchObject({ result: 'succeeded', agentName: second });
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === first);
    expect(await scenario.instanceNames()).not.toContain(first);
    expect(emulator.agents().map(agent => agent.name)).not.toContain(first);
    if (receivedAt !== undefined) {
      const told = await daemon.seen(line => line.msg === 'job ended' && line.agent === first);
      expect(told.result).toBe(result);
    }
    await foreigners.expectUntouched();
  }

  test('when a job fails', () =>
    ends(async () => {
      const job = await scenario.emulator.queueJob({ steps: [{ script: 'exit 3' }] }).finished;
      expect(job.result).toBe('failed');
      return job;
    }));

  test('when a job is cancelled while it runs', () =>
    ends(async () => {
      const queued = scenario.emulator.queueJob({ steps: [{ script: endless }] });
      await lineShown(scenario.emulator, queued, 'running');
      scenario.emulator.cancelJob(queued.requestId);
      const job = await queued.finished;
      expect(job.result).toBe('canceled');
      return job;
    }));

  test('when a job is cancelled between its assignment and its start', () =>
    ends(async first => {
      const { emulator } = scenario;
      // An agent starts nothing before its first renewal of the lock was answered.
      emulator.failNext({ method: 'PATCH', path: /jobrequests/i, caller: 'agent', kind: 'latency', delayMs: 5_000 });
      const queued = emulator.queueJob({ steps: [{ script: endless }] });
      expect(emulator.jobs().at(-1)).toMatchObject({ requestId: queued.requestId, agentName: first });
      emulator.cancelJob(queued.requestId);
      const job = await queued.finished;
      expect(job).toMatchObject({ result: 'canceled', lines: [] });
      return job;
    }));

  test('when a job takes longer than its timeout', () =>
    ends(async () => {
      const queued = scenario.emulator.queueJob({ steps: [{ script: endless }], timeoutInMinutes: 1 / 20 });
      const job = await queued.finished;
      expect(job).toMatchObject({ result: 'canceled', message: expect.stringMatching(/ran longer than/) });
      return job;
    }));

  test('when an agent loses its session for good in the middle of a job', () =>
    ends(async first => {
      const { emulator } = scenario;
      const script = ['echo running', 'sleep 1', 'sudo ip link set eth0 down', 'sleep 3600'].join('\n');
      const queued = emulator.queueJob({ steps: [{ script }] });
      await whenEmulator(emulator, () => emulator.agents().find(({ name }) => name === first)?.status === 'offline');
      const job = await queued.finished;
      expect(job).toMatchObject({ result: 'abandoned', message: expect.stringMatching(/stopped hearing from agent/) });
      return job;
    }));

  test.skipIf(browserObstacle() !== undefined)('when its guest is killed, and the page shows what is all along', () =>
    ends(async first => {
      const { emulator } = scenario;
      await using seen = await openPage(daemon);
      const { page } = seen;
      await seen.shows(first, 'idle');
      const queued = emulator.queueJob({ name: 'to be seen', steps: [{ script: endless }] });
      expect(await seen.shows(first, 'busy')).toContain('to be seen');
      await lineShown(emulator, queued, 'running');
      const behind = emulator.queueJob({ steps: [{ script: 'echo never' }] });
      await page.getByText('1 job queued: the only agent of the pool has a job').waitFor();
      const { stdout } = await scenario.call('explain', String(behind.requestId));
      expect(stdout).toMatch(
        /^Job request \d+ \(".*"\) waits in pool default since .*: the only agent of the pool has a job\.\n$/,
      );
      await whenAgreed(seen, scenario);
      await seen.screenshot('a-busy-agent-on-incus');
      emulator.cancelJob(behind.requestId);
      // The command dies with what it kills.
      await scenario.incus.exec(first, { command: ['bash', '-c', 'kill -9 -1'] }).catch(() => undefined);
      const death = page.locator('.deaths li').filter({ hasText: first });
      await death.getByText('to be seen').waitFor();
      await death.getByText('vanished while it held a job').waitFor();
      await seen.shows(await anotherOnline(emulator, ...used, first), 'idle');
      await whenAgreed(seen, scenario);
      await seen.screenshot('a-death-on-incus');
      expect(await seen.complaints()).toEqual([]);
      const job = await queued.finished;
      expect(job.result).toBe('abandoned');
      return job;
    }),
  );
});
