import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DaemonProcess, runProgram } from '../../testbed/daemon-process.js';
import { fillFileSystem, leaveRoom } from '../../testbed/fill-file-system.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOwnIncus } from '../../testbed/own-incus.js';
import type { Scenario } from '../../testbed/scenario.js';
import { isFull, type PoolStatus, whenPool, whenStatus } from './daemon-status.js';
import { polled } from './polled.js';
import { agentsOnline, lineShown, startDaemon } from './waiting.js';

describeOnIncus('a storage pool that is full', () => {
  test('has bases and agents made once there is room, and those that are there go on', {
    timeout: 420_000,
  }, async () => {
    const own = await startOwnIncus({ storageSizeGiB: 3 }, { agentCount: 1, docker: false, preparationTimeout: '30s' });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const { incus, scenario } = own;
    const filler = join(incus.directory, 'storage-pools', 'default', 'filler');
    await fillFileSystem(filler);
    const daemon = startDaemon(scenario);
    const unbuilt = await whenPool(scenario, daemon, pool => pool.waiting?.includes('could not be built') === true);
    expect(unbuilt.waiting).toMatch(
      /^the base could not be built: create instance .*: the storage pool is full .*; enlarge it/,
    );
    expect(await scenario.instanceNames()).toEqual([]);
    await expectFullStorageTold(scenario, 'the base could not be built: create instance');
    await rm(filler);
    // Who has made room need not wait until it is tried again.
    expect(await runProgram(['base', 'build', '--config', scenario.configPath])).toMatchObject({ code: 0 });
    await agentsOnline(scenario.emulator, 1);
    await expectReserveKept(scenario, filler);
    await scenario.configure();
    // Else who was prepared takes the place, and nothing has to be made.
    const { agents } = await whenPool(scenario, daemon, isFull);
    const kept = agents.map(({ name }) => name);
    await fillFileSystem(filler);
    const filledAt = daemon.log.length;
    await scenario.configure({ agentCount: 2 });
    await expectNoneMade(scenario, daemon);
    await expectFullStorageTold(scenario, 'create instance "\\S+" as a copy of');
    await rm(filler);
    const both = await whenPool(scenario, daemon, pool => pool.agentCount === 2 && isFull(pool));
    expect(both.agents.map(({ name }) => name)).toEqual(expect.arrayContaining(kept));
    expect(daemon.log.slice(filledAt).filter(({ agent, name }) => kept.includes(String(agent ?? name)))).toEqual([]);
    await fillFileSystem(filler);
    // Whatever becomes of it in a machine that cannot write: its agent ends, and has to be replaced.
    scenario.emulator.queueJob({ name: 'one', steps: [{ script: 'true' }] });
    await expectNoneMade(scenario, daemon);
    await rm(filler);
    await whenPool(scenario, daemon, pool => isBack(pool) && pool.live === 2);
    // The machine that could not write may be going down still.
    await polled(
      () => scenario.instanceNames(),
      names => names.length === 3,
    );
    expect(await daemon.end()).toBe(0);
  });
});

async function expectNoneMade(scenario: Scenario, daemon: DaemonProcess): Promise<void> {
  const unfilled = await whenPool(scenario, daemon, pool => pool.waiting?.startsWith('create instance') === true);
  expect(unfilled.waiting).toMatch(/^create instance "\S+" as a copy of .*: the storage pool is full .*; enlarge it/);
}

/** There is room, but not beside the reserve of the host: what runs goes on, nothing is made, and that is over by itself. */
async function expectReserveKept(scenario: Scenario, filler: string): Promise<void> {
  const { emulator, incus } = scenario;
  await scenario.configure({ reserve: 1 });
  await whenStatus(scenario, ({ pools: [pool] }) => pool !== undefined && isBack(pool) && pool.prepared === 1);
  await scenario.configure({ reserve: 1, hostReserve: { disk: 0.125 } });
  await whenStatus(scenario, ({ host }) => host !== undefined);
  const job = emulator.queueJob({ name: 'goes on', steps: [{ script: UNTIL_TOLD }] });
  const { agentName } = await lineShown(emulator, job, 'begun');
  await leaveRoom(filler, 2 ** 29);
  await incus.files.push(agentName, '/tmp/go', '');
  expect((await job.finished).result).toBe('succeeded');
  // The reserve has taken its place; what is held back is the next reserve.
  const held = await whenStatus(scenario, ({ host }) => host?.holdsBack.includes('default') === true);
  expect(held.pools[0]?.waiting).toMatch(/^the host has .* of its storage pool left/);
  await agentsOnline(emulator, 1);
  await rm(filler);
  await whenStatus(scenario, ({ host, pools: [pool] }) => host?.holdsBack.length === 0 && pool?.prepared === 1);
}

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

/** Nothing is in its way, and an agent waits for a job. */
function isBack({ agents, waiting }: PoolStatus): boolean {
  return waiting === undefined && agents.some(({ phase }) => phase === 'idle');
}

/** Who looks in has these verbs. */
async function expectFullStorageTold(scenario: Scenario, what: string): Promise<void> {
  const full = `waits: ${what} .*: the storage pool is full .*; enlarge it`;
  expect((await scenario.call('status')).stdout).toMatch(new RegExp(`^ {2}${full}`, 'm'));
  expect((await scenario.call('explain', 'default')).stdout).toMatch(new RegExp(`^It ${full}`, 'm'));
  const { code, stdout } = await runProgram(['doctor', '--config', scenario.configPath]);
  expect(stdout).toMatch(
    /^red +guest-made +the storage is full: .*\n(?: {27}.*\n)* {27}-> make room in the storage pool/m,
  );
  expect(stdout).toMatch(
    /^yellow +storage-room +storage pool "default" has 0\.\d+ GiB left of 3 GiB\n {27}-> make it larger/m,
  );
  expect(code).toBe(2);
}
