import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DaemonProcess, PROGRAM, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { cacheDirectory, workTree } from '../../testbed/work-tree.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { lineShown, tellOnFailure } from './waiting.js';

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done; echo ended';

describeOnIncus('a daemon of another release', testbed => {
  test('adopts the agents of the one before, after an upgrade and after a downgrade, with jobs running', {
    timeout: 300_000,
  }, async () => {
    const scenario = await startScenario({ ...testbed(), settings: { agentCount: 2, reserve: 1 } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const other = process.env.IAP_OTHER_RELEASE ?? (await releaseOf('0'));
    let before: { daemon: DaemonProcess; contract: string } | undefined;
    for (const program of [other, PROGRAM, other]) {
      const contract = await contractOf(program);
      const running = before && (await withJob(scenario, before.daemon, before.contract));
      await before?.daemon.end('SIGKILL');
      const daemon = scenario.startDaemon(undefined, { program });
      tellOnFailure(daemon);
      if (running !== undefined) await expectAdopted(scenario, daemon, running, { program, contract });
      await whenPool(scenario, daemon, pool => isWhole(pool, 'idle') && pool.agents.every(isItsOwn));
      const bases = (await scenario.incus.instances.list()).filter(({ name }) => name.startsWith('iap-base-'));
      expect(bases.map(({ config }) => config['user.iap.contract'])).toContain(contract);
      before = { daemon, contract };
    }
    expect(await before?.daemon.end()).toBe(0);
  });
});

/** What ran when the daemon was ended. */
interface Running {
  readonly job: {
    readonly finished: Promise<{ readonly result?: string | undefined; readonly agentName?: string | undefined }>;
  };
  readonly busy: string;
  readonly idle: string;
  readonly contract: string;
}

async function withJob(scenario: Scenario, daemon: DaemonProcess, contract: string): Promise<Running> {
  const job = scenario.emulator.queueJob({ name: `of ${contract}`, steps: [{ script: UNTIL_TOLD }] });
  const { agentName: busy } = await lineShown(scenario.emulator, job, 'begun');
  const { agents } = await whenPool(scenario, daemon, pool => isWhole(pool, 'busy'));
  const idle = agents.find(({ phase }) => phase === 'idle')?.name ?? '';
  return { job, busy, idle, contract };
}

/** Its agents go on in their places, and their version is told; its reserve is replaced; its job ends well. */
async function expectAdopted(
  scenario: Scenario,
  daemon: DaemonProcess,
  running: Running,
  own: { readonly program: string; readonly contract: string },
): Promise<void> {
  const { busy, idle, job } = running;
  const contract = running.contract === own.contract ? undefined : running.contract;
  const first = await whenPool(scenario, daemon, pool => phaseOf(pool, busy) === 'busy');
  expect(first.agents.find(({ name }) => name === busy)?.contract).toBe(contract);
  expect(first.agents.find(({ name }) => name === idle)?.contract).toBe(contract);
  expect(phaseOf(first, idle)).toBe('idle');
  const told = contract === undefined ? 'busy ' : `busy \\(contract ${contract}\\)`;
  // Each release understands its own daemon.
  const { stdout } = await runProgram(['status', '--socket', scenario.controlSocket], { program: own.program });
  expect(stdout).toMatch(new RegExp(`^${busy} +${told}`, 'm'));
  await whenPool(
    scenario,
    daemon,
    pool => isWhole(pool, 'busy') && pool.agents.every(agent => agent.name === busy || isItsOwn(agent)),
  );
  await scenario.incus.files.push(busy, '/tmp/go', '');
  expect(await job.finished).toMatchObject({ result: 'succeeded', agentName: busy });
}

/** `status` tells the version where it is not the daemon's own. */
function isItsOwn({ contract }: PoolStatus['agents'][number]): boolean {
  return contract === undefined;
}

function phaseOf({ agents }: PoolStatus, agent: string): string | undefined {
  return agents.find(({ name }) => name === agent)?.phase;
}

function isWhole({ agents, live, prepared }: PoolStatus, phase: 'idle' | 'busy'): boolean {
  const atWork = agents.filter(agent => agent.phase === 'idle' || agent.phase === 'busy');
  return live === 2 && atWork.length === 2 && prepared === 1 && atWork.some(agent => agent.phase === phase);
}

/** The program as it would be of a release with another version of the guest contract; gives back its path. */
async function releaseOf(contract: string): Promise<string> {
  const directory = join(cacheDirectory(), `release-${process.pid}`);
  onTestFinished(() => rm(directory, { recursive: true }));
  await cp(join(workTree(), 'packages/incus-azure-pipelines/bundle'), directory, { recursive: true });
  const changed: string[] = [];
  for (const name of (await readdir(directory)).filter(file => file.endsWith('.js'))) {
    const text = await readFile(join(directory, name), 'utf8');
    const other = text.replace('var CONTRACT="1"', `var CONTRACT="${contract}"`);
    if (other === text) continue;
    await writeFile(join(directory, name), other);
    changed.push(name);
  }
  expect(changed).toHaveLength(1);
  return join(directory, 'main.js');
}

/** The version of the guest contract that a program speaks. */
async function contractOf(program: string): Promise<string> {
  const files = (await readdir(dirname(program))).filter(file => file.endsWith('.js'));
  const texts = await Promise.all(files.map(file => readFile(join(dirname(program), file), 'utf8')));
  const [contract] = texts.flatMap(text => /\bCONTRACT ?= ?"(\w+)"/.exec(text)?.[1] ?? []);
  if (contract === undefined) throw new Error(`${program} names no version of the guest contract`);
  return contract;
}
