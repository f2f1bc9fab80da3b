/** What a process of the agent owes its launcher and its surroundings: its name, and the environment it was meant to have. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assignmentsIn } from './system-capabilities.js';

const keptPrefix = 'STANDIN_KEPT_';
const launcherVariables = ['LD_LIBRARY_PATH', 'NODE_OPTIONS'];

/** The folder that holds `run.sh`. */
export function agentRootDirectory(): string {
  return dirname(dirname(dirname(fileURLToPath(import.meta.url))));
}

/**
 * Puts back the variables that the launcher changed for Node's sake alone, so that what this process starts finds them as
 * they were before.
 */
export function restoreEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of launcherVariables) {
    const kept = environment[`${keptPrefix}${name}`];
    delete environment[`${keptPrefix}${name}`];
    if (kept === undefined) delete environment[name];
    else environment[name] = kept;
  }
}

/** Sets the variables of the agent's `.env` file, if there is one. */
export function loadEnvironmentFile(rootDirectory: string, environment: NodeJS.ProcessEnv): void {
  const path = join(rootDirectory, '.env');
  if (existsSync(path)) Object.assign(environment, assignmentsIn(readFileSync(path, 'utf8')));
}

/** Shows this process under the real agent's names: `Agent.Listener` as its name, the launcher's path in its command line. */
export function presentAs(name: string, rootDirectory: string, args: readonly string[]): void {
  process.title = [join(rootDirectory, 'bin', name), ...args].join(' ');
  // Setting the title also sets the short name to its first letters, which would be the path's.
  writeFileSync('/proc/self/comm', name);
}
