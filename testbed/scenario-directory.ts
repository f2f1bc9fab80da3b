import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from './process-identity.js';

const prefix = 'iap-scenario-';

/** Makes a directory for one scenario of this process, and removes those of processes that ended without doing so. */
export async function makeScenarioDirectory(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, ticks] = /^iap-scenario-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || identifyProcess(Number(pid))?.startTicks === ticks) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  return await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-${identifyProcess(process.pid)?.startTicks}-`));
}
