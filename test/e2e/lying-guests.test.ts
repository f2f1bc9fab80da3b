import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord, QueuedJob } from 'azure-pipelines-emulator';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type LifecycleLog, recordLifecycle } from '../../testbed/lifecycle-log.js';
import { leaving, lying, ringingOn, spoilt, UNPRINTABLE } from '../../testbed/misbehaviour.js';
import { PlaceTimes } from '../../testbed/place-times.js';
import type { Scenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, lineShown, tellOnFailure } from './waiting.js';

const agentCount = 4;
/** `agentCount`, no reserve, and half of `agentCount` for those that go down. */
const ceiling = 6;

/** Names that would leave a directory, turn a terminal around, forge a line of a table, or be markup. */
const names = [
  '../../../../tmp/escaped',
  '\u001b[2J\u001b]0;owned\u0007\u009b31mred\r\u202edesrever\u061c',
  'innocent\nforged-agent  idle  0s ago',
  '<script>alert(1)</script>"},{\t\u0001',
];

describeOnIncus('a lying guest gains nothing', testbed => {
  let scenario: Scenario;
  let daemon: DaemonProcess;
  let events: LifecycleLog;
  let files: readonly string[];
  let times: PlaceTimes;
  beforeAll(async () => {
    scenario = await startWithBase({
      ...testbed(),
      emulator: { sessionLapseMs: 5_000, pollHoldMs: 2_000 },
      settings: { agentCount, http: { port: 0 } },
    });
    events = await recordLifecycle(scenario.incus);
    times = new PlaceTimes(scenario.emulator, events);
    daemon = scenario.startDaemon();
    await agentsOnline(scenario.emulator, agentCount);
    files = await filesOfTheHost();
  });
  beforeEach(() => tellOnFailure(daemon));
  afterAll(async () => {
    times?.[Symbol.dispose]();
    await events?.[Symbol.asyncDispose]();
    await scenario?.[Symbol.asyncDispose]();
  });

  test('when its job says that it is finished, once or without end, and has a name to be feared', async () => {
    const { emulator, incus } = scenario;
    const queued = names.map(name =>
      emulator.queueJob({ name, steps: [{ script: name === names[0] ? ringingOn : lying }] }),
    );
    const jobs = await Promise.all(queued.map(job => lineShown(emulator, job, 'lied')));
    const [ringing, ...others] = jobs.map(job => job.agentName);
    await daemon.seen(
      ({ agent, msg }) => msg === 'a guest rang without end and lost its doorbell' && agent === ringing,
    );
    for (const agent of others)
      await daemon.seen(line => line.agent === agent && line.from === 'finished' && line.phase === 'busy');
    const isBusy = (agent: string) => (shown: { name: string; phase: string }) =>
      shown.name === agent && shown.phase === 'busy';
    await whenPool(scenario, daemon, pool => jobs.every(job => pool.agents.some(isBusy(job.agentName))));
    expect((await incus.instances.get(ringing ?? '')).instance.config['security.guestapi']).toBe('false');

    const { stdout } = await scenario.call('status');
    expectPrintable(stdout);
    expect(stdout).not.toMatch(/^forged-agent/m);
    for (const shown of ['../../../../tmp/escaped', '\\u001b[2J', 'innocent\\u000aforged-agent', '},{\\u0009\\u0001'])
      expect(stdout).toContain(shown);
    const { httpPort } = await daemon.seen(line => line.msg === 'running');
    const metrics = await (await fetch(`http://127.0.0.1:${Number(httpPort)}/metrics`)).text();
    expectPrintable(metrics);
    expect(metrics).not.toMatch(/escaped|forged-agent|script>|owned/);

    const ended = await Promise.all(queued.map((job, n) => letGo(job, jobs[n]?.agentName ?? '')));
    expect(ended.map(({ agentName, result }) => ({ agentName, result }))).toEqual(
      jobs.map(({ agentName }) => ({ agentName, result: 'succeeded' })),
    );
    for (const { agentName } of jobs) await expectGone(agentName);
    await everyPlaceIsFilled();
    const told = await scenario.call('logs');
    expectPrintable(told.stdout);
    for (const { agentName } of jobs) {
      expect(told.stdout.split('\n').filter(line => line.startsWith(agentName))).toHaveLength(1);
      expectPrintable((await scenario.call('logs', agentName)).stdout);
    }
    const json = await scenario.call('logs', '--json');
    expectPrintable(json.stdout);
    expect(JSON.parse(json.stdout).map(({ job }: { job: string }) => job)).toEqual(expect.arrayContaining(names));
  });

  test("when what is read of it is no file, or is somebody else's, and when it switches itself off", async () => {
    const { emulator } = scenario;
    const run = (script: string) => emulator.queueJob({ steps: [{ script }] });
    const spoiling = [run(spoilt.strange), run(spoilt.huge)];
    for (const queued of leaving.map(run)) {
      const { agentName, agentId } = await lineShown(emulator, queued, 'lied');
      await scenario.incus.files.push(agentName, '/tmp/go', '');
      expect((await events.seen('instance-deleted', agentName)).metadata.requestor).toBeUndefined();
      // Azure believes that the job goes on, and as long as it does the registration stays.
      await daemon.seen(({ agent, phase }) => agent === agentName && phase === 'orphan');
      expect(emulator.agents().find(agent => agent.name === agentName)).toMatchObject({ id: agentId });
    }
    for (const job of spoiling) {
      const { agentName, lines, result } = await job.finished;
      expect({ lines, result }).toMatchObject({ result: 'succeeded', lines: expect.arrayContaining(['lied']) });
      await expectGone(agentName ?? '');
      const { stdout } = await scenario.call('logs', agentName ?? '');
      expectPrintable(stdout);
      expect(stdout).toContain('its job is done');
      expect(stdout).not.toMatch(/root:/);
    }
    await everyPlaceIsFilled();
  });

  test('and each of their places has an agent again', () => {
    const emptyMs = times.emptyMs(agentCount);
    expect(emptyMs).toHaveLength(8);
    expect(emptyMs.filter(ms => !Number.isFinite(ms))).toEqual([]);
  });

  test('and the host has never more instances, and no file, but those it asked for', async () => {
    expect(mostInstances()).toBeLessThanOrEqual(ceiling);
    expect(mostInstances()).toBeGreaterThan(agentCount);
    expect(await filesOfTheHost()).toEqual(files);
    const made = new Set(events.events.map(({ metadata }) => `${metadata.name}.json`));
    const dead = await readdir(join(scenario.directory, 'state/deaths'));
    expect(dead.length).toBeGreaterThanOrEqual(8);
    expect(dead.filter(file => !made.has(file))).toEqual([]);
    for (const line of daemon.log)
      for (const value of Object.values(line)) if (typeof value === 'string') expectPrintable(value);
    expect(await daemon.end()).toBe(0);
  });

  async function letGo(queued: QueuedJob, agentName: string): Promise<JobRecord> {
    await scenario.incus.files.push(agentName, '/tmp/go', '');
    return await queued.finished;
  }

  async function expectGone(agentName: string): Promise<void> {
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === agentName);
    expect(await scenario.instanceNames()).not.toContain(agentName);
  }

  async function everyPlaceIsFilled(): Promise<void> {
    await whenPool(
      scenario,
      daemon,
      ({ agents }) => agents.filter(({ phase }) => phase === 'idle').length === agentCount,
    );
  }

  /** What the daemon keeps, but for the ledger of deaths. */
  async function filesOfTheHost(): Promise<readonly string[]> {
    const all = await readdir(scenario.directory, { recursive: true });
    return all.filter(file => !file.startsWith('state/deaths')).sort();
  }

  /** Most agents' instances that Incus had at any one time. */
  function mostInstances(): number {
    const there = new Set<string>();
    let most = 0;
    for (const { metadata } of events.events) {
      const { action, name } = metadata;
      if (name === undefined || name.startsWith('iap-base-')) continue;
      if (action === 'instance-created') there.add(name);
      if (action === 'instance-deleted') there.delete(name);
      most = Math.max(most, there.size);
    }
    return most;
  }
});

function expectPrintable(text: string): void {
  expect(UNPRINTABLE.exec(text)?.[0]).toBeUndefined();
}
