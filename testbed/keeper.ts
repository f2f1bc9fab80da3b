import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sweepScenarioDirectories } from './scenario-directory.js';
import { sweepAbandonedRuns } from './take-down.js';
import { workTree } from './work-tree.js';

/**
 * Starts a process that outlives this one and then takes down what this one left: no handler runs in a process that is
 * killed, and a test runner that is interrupted ends without its teardown.
 *
 * It learns of our end by the end of its standard input, and needs nothing else of us. A tree that was never compiled
 * has no such program; there, the next start sweeps.
 */
export function startKeeper(): ChildProcess | undefined {
  const program = join(workTree(), 'build', 'testbed', 'keeper.js');
  if (!existsSync(program)) return undefined;
  const keeper = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  // Without a keeper the next start sweeps, so its failure is no reason to stop.
  keeper.once('error', () => undefined);
  keeper.stdin?.once('error', () => undefined);
  keeper.unref();
  // A pipe to a child is a socket, and would keep this process from ending.
  if (keeper.stdin instanceof Socket) keeper.stdin.unref();
  return keeper;
}

async function keep(): Promise<void> {
  for await (const _ of process.stdin) {
    // Nothing is ever sent; only the end counts.
  }
  await sweepScenarioDirectories();
  await sweepAbandonedRuns();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await keep();
