import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runProgram } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';

/** How the daemon is to refuse. */
export interface Refusal {
  readonly code: 1 | 2;
  /** What its one sentence has to say, remedy included. */
  readonly says: RegExp;
  /** Whether it got as far as to make its state directory; default false. */
  readonly hasState?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the daemon, which refuses in one sentence and has touched nothing: no instance, no registration, no state. */
export async function expectRefusal(scenario: Scenario, { code, says, hasState = false, env }: Refusal): Promise<void> {
  const [before, stateBefore] = [await scenario.instanceNames(), await stateOf(scenario)];
  const ended = await runProgram(['run', '--config', scenario.configPath], env ? { env } : {});
  expect(ended.stderr).toMatch(says);
  expect(ended.stderr.trimEnd()).not.toContain('\n');
  expect(ended.code).toBe(code);
  expect(await scenario.instanceNames()).toEqual(before);
  expect(scenario.emulator.calls().filter(call => call.method !== 'GET')).toEqual([]);
  const state = await stateOf(scenario);
  expect(state).toEqual(hasState ? expect.arrayContaining(['owner']) : stateBefore);
}

/** What is in the state directory, which setup may have made before; undefined where there is none. */
async function stateOf({ directory }: Scenario): Promise<readonly string[] | undefined> {
  const path = join(directory, 'state');
  if (!existsSync(path)) return undefined;
  const found: readonly string[] = await readdir(path, { recursive: true });
  return found.toSorted();
}
