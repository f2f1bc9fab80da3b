import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueuedJob } from 'azure-pipelines-emulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type LogLine, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOwnIncus } from '../../testbed/own-incus.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, lineShown, startDaemon } from './waiting.js';

const SETTINGS = { agentCount: 2, reserve: 1 } as const;
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo ended';

describeOnIncus('a daemon that is started again', testbed => {
  function adopt({ configPath }: Scenario, ...args: readonly string[]): ReturnType<typeof runProgram> {
    const env = { ...process.env, INCUS_SOCKET: testbed().socketPath };
    return runProgram(['adopt', '--config', configPath, ...args], { env });
  }

  async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { ...SETTINGS, ...settings } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  test('adopts idle, busy and prepared ones after a kill, and touches none of them', async () => {
    const scenario = await start();
    const { emulator, incus } = scenario;
    const first = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const job = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    const before = await whenPool(scenario, first, isFull);
    const instances = await incus.instances.list();
    for (const { name, config } of instances) expect([name, config['boot.autostart']]).toEqual([name, 'false']);
    await first.end('SIGKILL');

    const second = startDaemon(scenario);
    const after = await whenPool(scenario, second, isFull);
    expect(namesAndPhases(after)).toEqual(namesAndPhases(before));
    expect((await incus.instances.list()).map(lifeOf)).toEqual(instances.map(lifeOf));
    await finish(scenario, job, busy);
    await whenPool(scenario, second, pool => isFull(pool) && pool.agents.every(agent => agent.name !== busy));
    expect(await second.end()).toBe(0);
  });

  test('takes its agents back when its state directory was lost', async () => {
    const scenario = await start();
    const { emulator } = scenario;
    const first = startDaemon(scenario);
    const before = await whenPool(scenario, first, isFull);
    const ownerId = await ownerOf(scenario);
    expect(await adopt(scenario, '--owner', ownerId)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/a daemon of this installation .* already runs/),
    });
    await first.end('SIGKILL');
    await rm(join(scenario.directory, 'state'), { recursive: true });

    expect((await adopt(scenario)).stdout).toMatch(new RegExp(`^${ownerId} +3 +1$`, 'm'));
    const nobody = await adopt(scenario, '--owner', '0'.repeat(32));
    expect(nobody).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nothing in Incus project .* has the owner 0+/),
    });
    await expect(access(join(scenario.directory, 'state'))).rejects.toThrow('ENOENT');
    expect(await adopt(scenario, '--owner', ownerId)).toMatchObject({ code: 0 });
    // Where the daemon is confined, setup makes it another certificate.
    await scenario.configure();

    const second = startDaemon(scenario);
    const after = await whenPool(scenario, second, isFull);
    expect(namesAndPhases(after)).toEqual(namesAndPhases(before));
    const job = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect(job.result).toBe('succeeded');
    expect(await second.end()).toBe(0);
  });

  test('goes on from whatever phase the kill of its predecessor has met, and no job is touched', async () => {
    // One that is killed between the mark of an activation and the rest of it leaves an instance that never hears of its agent. It
    // takes a place under the ceiling until it is seen to be nobody's: where the host has registered it, Azure proves that soon.
    const scenario = await start({ registration: 'host', powerOffTimeout: '5s' });
    const { emulator } = scenario;
    const moments = [
      ['activation', ({ msg, kind }) => msg === 'action started' && kind === 'activate-agent'],
      ['starting', enters('starting')],
      ['prepared', enters('prepared')],
      ['idle', enters('idle')],
      ['busy', enters('busy')],
      ['finished', enters('finished')],
    ] as const satisfies readonly (readonly [string, (line: LogLine) => boolean])[];
    const jobs: QueuedJob[] = [];
    for (const [moment, isMet] of moments) {
      const daemon = startDaemon(scenario);
      // From then on it is a job that brings agents through their phases.
      if (moment !== 'activation' && moment !== 'starting') {
        await whenPool(scenario, daemon, isFull);
        jobs.push(emulator.queueJob({ name: moment, steps: [{ script: 'sleep 3; echo ended' }] }));
      }
      await daemon.seen(isMet);
      expect(await daemon.end('SIGKILL')).toBeNull();
    }
    const last = startDaemon(scenario);
    await whenPool(scenario, last, isFull);
    const ended = await Promise.all(jobs.map(({ finished }) => finished));
    expect(ended.map(({ result, lines }) => [result, lines.includes('ended')])).toEqual(
      jobs.map(() => ['succeeded', true]),
    );
    expect(new Set(ended.map(({ agentName }) => agentName)).size).toBe(jobs.length);
    await whenPool(scenario, last, isFull);
    expect(await last.end()).toBe(0);
  });

  test('fills the places of agents that ended while no daemon was there', async () => {
    const scenario = await start();
    const { emulator } = scenario;
    const first = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const job = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    expect(await first.end('SIGTERM')).toBe(0);
    expect(first.log.map(line => line.msg).slice(-1)).toEqual(['stopped']);

    expect(emulator.agents().filter(agent => agent.status === 'online')).toHaveLength(2);
    await finish(scenario, job, busy);
    const second = startDaemon(scenario);
    await whenPool(scenario, second, pool => isFull(pool) && pool.agents.every(agent => agent.name !== busy));
    expect(await second.end()).toBe(0);
  });

  describe('while it is Incus that is started again', () => {
    test('running jobs end well, and the daemon comes back by itself', { timeout: 300_000 }, async () => {
      const own = await startOwnIncus({ storageSizeGiB: 5 }, SETTINGS);
      onTestFinished(() => own[Symbol.asyncDispose]());
      const { scenario, incus } = own;
      const { emulator } = scenario;
      const daemon = startDaemon(scenario);
      await whenPool(scenario, daemon, isFull);
      const long = emulator.queueJob({ name: 'goes on', steps: [{ script: UNTIL_TOLD }] });
      const { agentName: busy } = await lineShown(emulator, long, 'begun');
      const short = emulator.queueJob({ name: 'ends meanwhile', steps: [{ script: 'echo begun; sleep 2' }] });
      await lineShown(emulator, short, 'begun');

      const whileAway = async () => {
        expect((await short.finished).result).toBe('succeeded');
        const line = await daemon.seen(({ msg, of }) => msg === 'cannot be read' && of === 'Incus');
        expect(line.error).toMatch(/cannot reach Incus/);
        expect((await scenario.call('status')).stdout).toMatch(/^Incus cannot be read since \d+s ago: /);
      };
      await incus.restart({ signal: 'SIGKILL', whileAway });
      const pool = await whenPool(scenario, daemon, isFull);
      expect(pool.agents.map(agent => agent.name)).toContain(busy);
      await finish(scenario, long, busy);
      await whenPool(scenario, daemon, ({ agents, ...rest }) => isFull({ agents, ...rest }) && agents.length === 3);
      expect(await daemon.end()).toBe(0);
    });
  });
});

function enters(phase: string): (line: LogLine) => boolean {
  return ({ msg, phase: its, from }) => msg === 'phase changed' && its === phase && from !== undefined;
}

function isFull({ agents, live, prepared }: PoolStatus): boolean {
  const atWork = agents.filter(({ phase }) => phase === 'idle' || phase === 'busy').length;
  return live === 2 && atWork === 2 && prepared === 1;
}

async function finish({ incus }: Scenario, job: QueuedJob, agent: string): Promise<void> {
  await incus.files.push(agent, '/tmp/go', '');
  const { result, lines } = await job.finished;
  expect(result).toBe('succeeded');
  expect(lines).toContain('ended');
}

function namesAndPhases(pool: PoolStatus): readonly string[] {
  return pool.agents.map(({ name, phase }) => `${name} ${phase}`).sort();
}

/** What changes when an instance is made anew or started again. */
function lifeOf(instance: {
  readonly name: string;
  readonly created_at: string;
  readonly last_used_at: string;
}): string {
  return [instance.name, instance.created_at, instance.last_used_at].join(' ');
}

async function ownerOf({ incus }: Scenario): Promise<string> {
  const [instance] = await incus.instances.list();
  return instance?.config['user.iap.owner'] ?? '';
}
