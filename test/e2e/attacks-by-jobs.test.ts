import type { JobRecord } from 'azure-pipelines-emulator';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { carryOut } from '../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { forkBomb, keyThief, memoryDiskHog, memoryHog } from './attacks/hostile-jobs.js';
import { type Scene, SHAPE, startScene } from './attacks/scene.js';
import { whenPool } from './daemon-status.js';
import { polled } from './polled.js';
import { lineShown, tellOnFailure, whenEmulator } from './waiting.js';

/** An agent that was ended from inside is given up soon. */
const LAPSES = { sessionLapseMs: 5_000, pollHoldMs: 2_000 };

describeOnIncus('what a job takes,', testbed => {
  let scene: Scene;
  beforeAll(async () => {
    const settings = { powerOffTimeout: '5s', offlineGracePeriod: '5s' };
    scene = await startScene(testbed(), settings, LAPSES);
    await scene.scenario.incus.files.push(scene.attacker.name, '/tmp/go', '');
  });
  beforeEach(() => tellOnFailure(scene.daemon));
  afterAll(() => scene?.[Symbol.asyncDispose]());

  /** Runs a job to its end, and that of its agent; all the while the neighbour is well, and the place is filled again. */
  async function suffers(script: string, meanwhile: (job: { agentName: string; requestId: number }) => Promise<void>) {
    const { daemon, scenario } = scene;
    const { emulator } = scenario;
    const queued = emulator.queueJob({ steps: [{ script: `echo begun\n${script}` }] });
    const job = await lineShown(emulator, queued, 'begun');
    await meanwhile(job);
    const ended = await queued.finished;
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === job.agentName);
    await whenPool(scenario, daemon, ({ agents }) => agents.some(({ phase }) => phase === 'idle'));
    return ended;
  }

  async function neighbourIsWell(): Promise<void> {
    expect(await carryOut(scene.scenario.incus, scene.victim.name, ['bash -c "echo well"'])).toEqual(['well']);
  }

  const logs = async ({ agentName = '' }: JobRecord) => (await scene.scenario.call('logs', agentName)).stdout;

  test('a fork bomb ends in its guest alone, and that is told as the reason', async () => {
    const { emulator, incus } = scene.scenario;
    const ended = await suffers(forkBomb, async ({ agentName, requestId }) => {
      const processes = async () => (await incus.instances.state(agentName)).processes;
      await polled(processes, count => count > SHAPE.maxProcesses - 20);
      expect(await processes()).toBeLessThanOrEqual(SHAPE.maxProcesses);
      await neighbourIsWell();
      emulator.cancelJob(requestId);
    });
    expect(ended.result).not.toBe('succeeded');
    expect(await logs(ended)).toContain('out of processes');
  });

  test('memory that a job takes ends in its guest alone, and that is told as the reason', async () => {
    const ended = await suffers(memoryHog, neighbourIsWell);
    expect(ended.result).toBe('failed');
    expect(await logs(ended)).toMatch(/out of memory: the kernel killed [1-9]\d* process/);
  });

  test('memory that a job takes as a disk ends with its guest, the place is filled, and a hint tells why', async () => {
    const { daemon, scenario } = scene;
    const queued = scenario.emulator.queueJob({ steps: [{ script: memoryDiskHog }] });
    const { agentName } = await lineShown(scenario.emulator, queued, 'filling');
    await polled(
      () => scenario.instanceNames(),
      names => !names.includes(agentName),
    );
    await neighbourIsWell();
    const ended = await daemon.seen(line => line.msg === 'agent ended' && line.agent === agentName);
    expect(ended.why).toContain('; perhaps out of memory: the host killed ');
    await whenPool(scenario, daemon, ({ agents }) => agents.some(({ phase }) => phase === 'idle'));
  });

  test("a job that steals its agent's key gets no second job with it", async () => {
    const { daemon, scenario } = scene;
    const { emulator, incus } = scenario;
    const queued = emulator.queueJob({ steps: [{ script: keyThief }] });
    const { agentId, agentName } = await lineShown(emulator, queued, 'stolen');
    let over = false;
    const back = whenEmulator(emulator, event => over && event?.kind === 'agent-online' && event.agentId === agentId);
    emulator.on(({ kind }) => {
      over ||= kind === 'job-finished';
    });
    await incus.files.push(agentName, '/tmp/go', '');
    await back;
    const further = await emulator.queueJob({ steps: [{ script: 'echo done' }] }).finished;
    expect(further.result).toBe('succeeded');
    expect(further.agentName).not.toBe(agentName);
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === agentName);
    expect(emulator.agents().map(({ name }) => name)).not.toContain(agentName);
  });

  test("the neighbour's job has gone on through all this", async () => {
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: scene.victim.name });
  });
});
