import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOwnIncus } from '../../testbed/own-incus.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { type PoolStatus, readPool, whenPool } from './daemon-status.js';
import { polled } from './polled.js';
import { agentsOnline, startDaemon } from './waiting.js';

const AGENTS = 3;
const BLOCKED = 'until [ -e /tmp/go ]; do sleep 0.1; done; cat /etc/generation';
const SETTINGS = { agentCount: AGENTS, docker: false };

describeOnIncus('a script of the base', testbed => {
  test('that is changed makes all idle agents new, and lets the jobs that run meanwhile end well', {
    timeout: 300_000,
  }, async () => {
    const scenario = await startScenario({ ...testbed(), settings: SETTINGS });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    await provision(scenario, 'echo old > /etc/generation');
    const first = startDaemon(scenario);
    await agentsOnline(emulator, AGENTS);
    const running = emulator.queueJob({ name: 'long', steps: [{ script: BLOCKED }] });
    const busy = (await whenPool(scenario, first, pool => pool.agents.some(({ phase }) => phase === 'busy'))).agents;
    const old = busy[0]?.base;
    const worker = busy.find(({ phase }) => phase === 'busy')?.name ?? '';
    expect(await first.end()).toBe(0);

    await provision(scenario, 'echo new > /etc/generation');
    const second = startDaemon(scenario);
    const isMoved = ({ agents }: PoolStatus) =>
      agents.length === AGENTS &&
      agents.every(({ base, name, phase }) => (phase === 'idle' ? base !== old : phase === 'busy' && name === worker));
    const moved = await whenPool(scenario, second, isMoved);
    expect(new Set(moved.agents.filter(({ phase }) => phase === 'idle').map(({ base }) => base)).size).toBe(1);
    await incus.files.push(worker, '/tmp/go', '');
    const { agentName, lines, result } = await running.finished;
    expect([agentName, result, lines.includes('old')]).toEqual([worker, 'succeeded', true]);
    await whenPool(scenario, second, pool => pool.agents.every(({ base, phase }) => phase === 'idle' && base !== old));
    expect(await printed(scenario)).toBe('new');
    expect(await second.end()).toBe(0);
  });

  test.each([
    ['breaks', 'echo "no such mirror" >&2; exit 7', /it ended with code 7; its last lines:\nno such mirror$/],
    ['fills the disk', 'cat /dev/zero > /filler', /it ended with code 1; its last lines:\n.*No space left on device$/],
  ])('that %s leaves the old base to serve on, and nothing else', { timeout: 300_000 }, async (_, script, words) => {
    const own = await startOwnIncus({ storageSizeGiB: 3 }, { ...SETTINGS, agentCount: 1 });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const { scenario } = own;
    await provision(scenario, 'echo old > /etc/generation');
    const first = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    await first.seen(line => line.msg === 'action done' && line.kind === 'prove-base');
    expect(await first.end()).toBe(0);
    const [base] = (await scenario.instanceNames()).filter(isBase);

    await provision(scenario, script);
    const second = startDaemon(scenario);
    const failing = (pool: PoolStatus) => pool.backingOff.find(({ action }) => action === 'build-base');
    const failed = await whenPool(scenario, second, pool => failing(pool) !== undefined);
    expect(failing(failed)?.error).toMatch(words);
    // What the build had filled is free only some time after it is deleted; a job that meets a full disk is lost to it.
    await polled(
      () => hasRoom(scenario),
      room => room,
    );
    expect(await printed(scenario)).toBe('old');
    await whenPool(scenario, second, pool => pool.agents.length === 1 && pool.agents[0]?.phase === 'idle');
    expect(await second.end()).toBe(0);
    const left = (await scenario.instanceNames()).filter(isBase);
    expect(left).toEqual([base]);
  });
});

const isBase = (name: string) => name.startsWith('iap-base-');

/** What the next job finds in the file that tells its base. */
async function printed({ emulator }: Scenario): Promise<string | undefined> {
  const job = await emulator.queueJob({ steps: [{ script: 'echo "generation $(cat /etc/generation)"' }] }).finished;
  expect(job.result).toBe('succeeded');
  return job.lines.find(line => line.startsWith('generation '))?.slice('generation '.length);
}

/** Whether the one agent can write something of size. */
async function hasRoom(scenario: Scenario): Promise<boolean> {
  const [agent] = (await readPool(scenario)).agents;
  if (agent === undefined) return false;
  const command = ['sh', '-c', 'fallocate --length 64M /room && rm /room'];
  const written = await scenario.incus.exec(agent.name, { command }).catch(() => undefined);
  return written?.exitCode === 0;
}

async function provision(scenario: Scenario, script: string): Promise<void> {
  const path = join(scenario.directory, 'setup.sh');
  await writeFile(path, script);
  await scenario.configure({ provisionScripts: [path] });
}
