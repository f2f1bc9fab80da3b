import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';
import { anotherOnline, lineShown, startDaemon } from './waiting.js';

describeOnIncus('a job that runs longer than maxJobDuration', testbed => {
  test('is ended after a warning, its instance with it, and the next one runs on another', async () => {
    // The shortest that a configuration may ask for.
    const settings = { agentCount: 1, maxJobDuration: '1m' };
    const scenario = await startWithBase({ ...testbed(), settings });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator } = scenario;
    const daemon = startDaemon(scenario);
    const agent = await anotherOnline(emulator);
    const overlong = emulator.queueJob({ steps: [{ script: 'echo running\nsleep 3600' }] });
    await lineShown(emulator, overlong, 'running');
    const warned = await daemon.seen(line => line.msg === 'a job runs too long and will be ended');
    expect(warned).toMatchObject({ agent, endsAt: expect.any(String) });
    const ended = await daemon.seen(line => line.kind === 'delete-instance' && line.name === agent);
    expect(ended.reason).toBe('its job ran longer than maxJobDuration');
    expect(Date.parse(String(ended.time))).toBeGreaterThanOrEqual(Date.parse(String(warned.endsAt)));

    const another = await anotherOnline(emulator, agent);
    const { agentName, result } = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect([agentName, result]).toEqual([another, 'succeeded']);
    await polled(
      () => scenario.instanceNames(),
      names => !names.includes(agent),
    );
    expect(await daemon.end()).toBe(0);
  });
});
