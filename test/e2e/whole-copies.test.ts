import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOwnIncus } from '../../testbed/own-incus.js';
import { whenStatus } from './daemon-status.js';
import { agentsOnline, startDaemon } from './waiting.js';

describeOnIncus('a storage pool that cannot copy on write', () => {
  test('is told of at the start and in the status, with what a copy costs there', { timeout: 300_000 }, async () => {
    const own = await startOwnIncus({ storageDriver: 'dir' }, { agentCount: 1, docker: false });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const { scenario } = own;
    const daemon = startDaemon(scenario);
    const warning = await daemon.seen(line => line.level === 'warn' && line.driver === 'dir');
    expect(warning.msg).toMatch(/^the storage pool cannot copy on write/);
    await agentsOnline(scenario.emulator, 1);
    const { storage } = await whenStatus(scenario, status => status.storage?.copyCost !== undefined);
    expect(storage).toMatchObject({ pool: 'default', driver: 'dir' });
    expect(storage?.copyCost?.ms).toBeGreaterThan(0);
    expect(storage?.copyCost?.bytes).toBeGreaterThan(50 * 2 ** 20);
    const { stdout } = await scenario.call('status');
    expect(stdout).toMatch(/^Storage pool "default" \(dir\) cannot .* which took \d+\.\d s and [\d.]+ GiB\./m);
    const names = await scenario.instanceNames();
    expect(names.filter(name => name.endsWith('-copy'))).toEqual([]);
    expect(await daemon.end()).toBe(0);
  });
});
