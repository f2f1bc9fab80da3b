/** What the main job comes to: six jobs that run in clean machines of their own, and nothing left of them. */
import { expect } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import { drainedEmpty } from './waiting.js';

// A step's shell goes on after a command that failed.
const SCRIPT = [
  'test ! -e /mark || exit 1',
  'test ! -e /home/agent/mark || exit 1',
  'echo mark | sudo tee /mark > /home/agent/mark || exit 1',
  'test -s /mark || exit 1',
  'test -s /home/agent/mark || exit 1',
  'echo "host $(hostname)"',
  'echo "system $(systemctl is-system-running)"',
].join('\n');

/** Has six jobs run by the agents of these pools in turn. */
export async function expectSixCleanJobs({ emulator }: Scenario, pools: readonly string[] = ['default']) {
  const queued = [0, 1, 2, 3, 4, 5].map(n => {
    const pool = pools[n % pools.length] ?? 'default';
    return emulator.queueJob({ name: `job ${n + 1}`, pool, steps: [{ script: SCRIPT }] });
  });
  const jobs = await Promise.all(queued.map(job => job.finished));
  expect(jobs.map(job => job.result)).toEqual(Array(6).fill('succeeded'));
  const hosts = jobs.map(job => job.lines.find(line => line.startsWith('host '))?.slice('host '.length));
  expect(new Set(hosts).size).toBe(6);
  expect(hosts).toEqual(jobs.map(job => job.agentName));
  for (const job of jobs) expect(job.lines).toContain('system running');
}

/** What the daemon did not make, by name and in their order. */
interface Others {
  readonly instances: readonly string[];
  readonly registrations: readonly string[];
}

/** Drains these pools; after that bases are left, and what the daemon did not make. */
export async function expectNothingLeft(
  scenario: Scenario,
  daemon: DaemonProcess,
  others: Others,
  pools: readonly string[] = ['default'],
): Promise<void> {
  expect((await scenario.call('drain')).code).toBe(0);
  for (const pool of pools) await drainedEmpty(scenario, daemon, pool);
  expect(scenario.emulator.agents().map(agent => agent.name)).toEqual(others.registrations);
  const left = (await scenario.incus.instances.list()).filter(
    instance => instance.config['user.iap.base.state'] !== 'ready',
  );
  expect(left.map(instance => instance.name)).toEqual(others.instances.toSorted());
}
