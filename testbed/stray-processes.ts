import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { sep } from 'node:path';
import { identifyProcess, type ProcessIdentity, parentOf } from './process-identity.js';
import { workTree } from './work-tree.js';

const INIT = 1;

/** A process that its parent has left behind, and where it runs. */
export interface StrayProcess extends ProcessIdentity {
  readonly directory: string;
}

/**
 * Lists the processes younger than this one that run in the work tree or in a directory for temporary files, and whose
 * parents have ended: a test started a program, and did not end all that came of it. Source: proc_pid_cwd(5).
 */
export function strayProcesses(): StrayProcess[] {
  const own = identifyProcess(process.pid);
  const homes = [tmpdir(), workTree()].map(directory => directory + sep);
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const pid = Number(name);
      const directory = parentOf(pid) === INIT ? workingDirectory(pid) : undefined;
      const identity = identifyProcess(pid);
      if (directory === undefined || identity === undefined) return [];
      const isYounger = Number(identity.startTicks) > Number(own?.startTicks);
      return isYounger && homes.some(home => `${directory}${sep}`.startsWith(home)) ? [{ ...identity, directory }] : [];
    });
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
}
