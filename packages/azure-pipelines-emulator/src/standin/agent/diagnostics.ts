/** The log that a process of the agent leaves in `_diag`. */

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export type Diagnose = (line: string) => void;

/**
 * Opens `_diag/<process>_<time>-utc.log` and returns what writes a line to it. A log that cannot be written is done
 * without: it must not end a job.
 */
export function openDiagnostics(directory: string, process: 'Agent' | 'Worker', now: number): Diagnose {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const path = join(directory, `${process}_${stamp}-utc.log`);
  const append = (line: string): void => {
    try {
      appendFileSync(path, `[${new Date().toISOString()}] ${line}\n`);
    } catch {
      // Nowhere left to say it.
    }
  };
  try {
    mkdirSync(directory, { recursive: true });
  } catch {
    return () => {};
  }
  return append;
}
