/** The verbs that look into a guest that lives. */
import { expect } from 'vitest';
import { type Ended, runProgram } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import { polled } from './polled.js';

/** A shell on a terminal: what is typed runs as root in the guest. */
export async function expectShell(scenario: Scenario, agent: string): Promise<void> {
  const typed = 'echo $((6*7)) $(hostname) $(id -u); exit';
  const within = ['sh', '-c', `echo '${typed}' | script -qec "$*" /dev/null`, 'sh'];
  const { code, stdout } = await runProgram(['shell', agent, '--config', scenario.configPath], { within });
  expect(stdout).toContain(`42 ${agent} 0`);
  expect(code).toBe(0);
  const piped = await runProgram(['shell', agent, '--config', scenario.configPath]);
  expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining('there is no terminal here')]);
}

/** Begins to follow the log of an agent, and returns once it is being read. */
export async function follow(scenario: Scenario, agent: string): Promise<{ readonly ended: Promise<Ended> }> {
  const ended = scenario.call('logs', agent, '--follow', '--config', scenario.configPath);
  const command = ['pgrep', '-f', '^tail -v'];
  await polled(
    () => scenario.incus.exec(agent, { command }),
    ({ exitCode }) => exitCode === 0,
  );
  return { ended };
}

/** It was followed to its end, and why it ended stands below. */
export async function expectFollowed({ ended }: { readonly ended: Promise<Ended> }): Promise<void> {
  const { code, stderr, stdout } = await ended;
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^==> \/var\/log\/iap\/prepared\.log <==\n/);
  expect(stdout).toMatch(/run\.sh ended with code 0\..*: its job is done\n/s);
  expect(code).toBe(0);
}
