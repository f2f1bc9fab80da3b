import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { placeForeigners } from './foreigners.js';
import { agentsOnline, drainedEmpty, startDaemon } from './waiting.js';

const script = [
  'test ! -e /mark && test ! -e /home/agent/mark',
  'echo mark | sudo tee /mark > /home/agent/mark',
  'echo "host $(hostname)"',
  'echo "system $(systemctl is-system-running)"',
].join('\n');

describeOnIncus('six jobs through two agents', testbed => {
  test.each([0, 1, 2])(
    'each runs in a clean instance of its own and nothing is left, with reserve %i',
    async reserve => {
      const scenario = await startScenario({ ...testbed(), settings: { agentCount: 2, reserve, agentPrefix: 'ci' } });
      onTestFinished(() => scenario[Symbol.asyncDispose]());
      const { emulator, incus } = scenario;
      const daemon = startDaemon(scenario);
      await agentsOnline(emulator, 2);
      const foreigners = await placeForeigners(scenario, testbed().image);

      const queued = [1, 2, 3, 4, 5, 6].map(n => emulator.queueJob({ name: `job ${n}`, steps: [{ script }] }));
      const jobs = await Promise.all(queued.map(job => job.finished));
      expect(jobs.map(job => job.result)).toEqual(Array(6).fill('succeeded'));
      const hosts = jobs.map(job => job.lines.find(line => line.startsWith('host '))?.slice('host '.length));
      expect(new Set(hosts).size).toBe(6);
      expect(hosts).toEqual(jobs.map(job => job.agentName));
      for (const job of jobs) expect(job.lines).toContain('system running');

      expect((await scenario.call('drain')).code).toBe(0);
      await drainedEmpty(scenario, daemon);
      expect(emulator.agents().map(agent => agent.name)).toEqual(foreigners.registrations);
      const left = (await incus.instances.list()).filter(
        instance => instance.config['user.iap.base.state'] !== 'ready',
      );
      expect(left.map(instance => instance.name)).toEqual([...foreigners.instances].sort());
      await foreigners.expectUntouched();
      expect(await daemon.end()).toBe(0);
    },
  );
});
