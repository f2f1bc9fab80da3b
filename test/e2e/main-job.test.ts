import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { readPool, whenPool } from './daemon-status.js';
import { type Foreigners, placeForeigners } from './foreigners.js';
import { agentsOnline, drainedEmpty, startDaemon } from './waiting.js';

// A step's shell goes on after a command that failed.
const script = [
  'test ! -e /mark || exit 1',
  'test ! -e /home/agent/mark || exit 1',
  'echo mark | sudo tee /mark > /home/agent/mark || exit 1',
  'test -s /mark || exit 1',
  'test -s /home/agent/mark || exit 1',
  'echo "host $(hostname)"',
  'echo "system $(systemctl is-system-running)"',
].join('\n');

const ENTRA_TOKEN = 'ey.of-a.program';

describeOnIncus('six jobs through two agents, by a daemon that is confined to its project', testbed => {
  let scenario: Scenario;
  let foreigners: Foreigners;
  beforeAll(async () => {
    const settings = { agentCount: 0, agentPrefix: 'ci' };
    scenario = await startScenario({ ...testbed(), confined: true, settings, emulator: { entraToken: ENTRA_TOKEN } });
    await using daemon = scenario.startDaemon();
    await daemon.seen(line => line.msg === 'running');
    foreigners = await placeForeigners(scenario, testbed().image);
  });
  afterAll(() => scenario?.[Symbol.asyncDispose]());

  test.each([
    { registration: 'host', reserve: 0, docker: false, signsInBy: 'command' },
    { registration: 'host', reserve: 2, docker: true, signsInBy: 'pat' },
    { registration: 'guest', reserve: 0, docker: true, signsInBy: 'pat' },
    { registration: 'guest', reserve: 2, docker: false, signsInBy: 'pat' },
  ])(
    'each runs in a clean instance of its own and nothing is left, with $registration, $reserve, docker: $docker and $signsInBy',
    async ({ signsInBy, ...settings }) => {
      const { emulator, incus } = scenario;
      const { token: pat, url } = emulator;
      // A token of Microsoft Entra, from whatever program has one.
      const auth = { command: { run: ['/bin/echo', ENTRA_TOKEN] } };
      const azure = { ...(signsInBy === 'pat' ? { pat } : { auth }), url, pool: 'default' };
      await scenario.configure({ ...settings, azure, agentCount: 2 });
      const daemon = startDaemon(scenario);
      await daemon.seen(line => line.msg === 'running');
      // Else a base that is still being built is among what is left.
      await whenPool(scenario, daemon, ({ generation }) => generation !== undefined);
      // A drain outlives its daemon.
      expect((await scenario.call('resume')).code).toBe(0);
      await agentsOnline(emulator, 2);
      expect((await readPool(scenario)).registration).toBe(settings.registration);

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
