import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from './process-identity.js';

/** What a private Incus has made on this host, written down before it is made: a crash leaves this to go by. */
export interface RunRecord {
  readonly id: string;
  /** The process that started it. When that has ended, anyone may take the run down. */
  readonly owner: ProcessIdentity;
  readonly directory: string;
  readonly bridge: string;
  readonly gateway: string;
}

/** Root's own, and kept over a reboot: what lies on a disk must be found again. */
export const stateDirectory = '/var/lib/iap-testbed';

const suffix = '.run.json';

/** Writes a record, complete or not at all. */
export async function writeRunRecord(record: RunRecord): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o711 });
  const path = recordPath(record.id);
  await writeFile(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** Forgets a run that has been taken down. */
export async function removeRunRecord(id: string): Promise<void> {
  await rm(recordPath(id), { force: true });
}

/** Reads the records of all runs, whosever they are. */
export async function readRunRecords(): Promise<RunRecord[]> {
  const names = await readdir(stateDirectory).catch(() => []);
  const records: RunRecord[] = [];
  for (const name of names) {
    if (!name.endsWith(suffix)) continue;
    // Another process may have removed it since the listing.
    const text = await readFile(join(stateDirectory, name), 'utf8').catch(() => undefined);
    if (text !== undefined) records.push(JSON.parse(text) as RunRecord);
  }
  return records;
}

/** Removes the state directory once nothing is in it. */
export async function removeEmptyStateDirectory(): Promise<void> {
  await rmdir(stateDirectory).catch(() => undefined);
}

/** Tells whether the process that started a run still lives. */
export function isOwned(record: RunRecord): boolean {
  return isRunning(record.owner);
}

function recordPath(id: string): string {
  return join(stateDirectory, `${id}${suffix}`);
}
