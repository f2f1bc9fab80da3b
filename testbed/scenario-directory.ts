import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, identifyProcess } from './process-identity.js';

const prefix = 'iap-scenario-';

/** Makes a directory for one scenario of this process. */
export async function makeScenarioDirectory(): Promise<string> {
  await sweepScenarioDirectories();
  return await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-${identifyProcess(process.pid)?.startTicks}-`));
}

/** Removes the directories of processes that ended without doing so, and ends the daemons that were started on them. */
export async function sweepScenarioDirectories(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid, ticks] = /^iap-scenario-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || identifyProcess(Number(pid))?.startTicks === ticks) continue;
    const directory = join(tmpdir(), name);
    await endDaemonsOf(directory);
    await rm(directory, { recursive: true, force: true });
  }
}

async function endDaemonsOf(directory: string): Promise<void> {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !readCommandLine(name).includes(join(directory, 'config.yaml'))) continue;
    const daemon = identifyProcess(Number(name));
    if (daemon !== undefined) await endProcess(daemon, 'SIGKILL', 5_000);
  }
}

function readCommandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended since the listing.
    return [];
  }
}
