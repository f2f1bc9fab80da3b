import { expect, onTestFinished, test } from 'vitest';
import type { LogLine } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { whenStatus } from './daemon-status.js';
import { agentsOnline, lineShown, startDaemon } from './waiting.js';

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';
const REASON = 'its pool is not in the configuration any more';

describeOnIncus('a pool that is taken out of the file', testbed => {
  test('keeps its job to the end, is shown, and leaves nothing', { timeout: 300_000 }, async () => {
    const scenario = await startScenario(testbed());
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const { token: pat, url } = emulator;
    const azure = { pat, url, pool: 'default' };
    const pools = (...named: readonly object[]) =>
      scenario.configure({ agentCount: undefined, reserve: undefined, azure: undefined, pools: named });
    const stays = { name: 'stays', agentCount: 0, reserve: 0, azure };
    await pools(stays, { name: 'goes', agentCount: 2, reserve: 1, azure });
    const first = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const job = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    await whenStatus(scenario, ({ pools: shown }) => shown.some(pool => pool.prepared === 1));
    expect(await first.end()).toBe(0);

    await pools(stays);
    const second = startDaemon(scenario);
    const onlyBusy = await whenStatus(scenario, ({ removed }) => removed.some(({ agents }) => agents.length === 1));
    expect(onlyBusy.removed).toMatchObject([
      { name: 'goes', fate: expect.stringContaining('jobs end'), agents: [{ name: busy, phase: 'busy' }] },
    ]);
    expect((await scenario.call('status')).stdout).toContain('goes (not in the configuration any more): ');
    const isDeed = (line: LogLine) => line.msg === 'action done' && line.reason === REASON;
    // An end is heard of before the call that brought it has returned.
    for (const kind of ['delete-instance', 'disable-agent'])
      await second.seen(line => isDeed(line) && line.kind === kind);
    expect(second.log.filter(isDeed).map(line => line.name)).not.toContain(busy);

    await incus.files.push(busy, '/tmp/go', '');
    expect((await job.finished).result).toBe('succeeded');
    await whenStatus(scenario, ({ removed }) => removed.length === 0);
    expect(emulator.agents()).toEqual([]);
    expect((await scenario.instanceNames()).filter(name => !name.startsWith('iap-base-'))).toEqual([]);
    expect(await second.end()).toBe(0);
  });
});
