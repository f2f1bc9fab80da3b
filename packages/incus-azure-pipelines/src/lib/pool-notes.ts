/** What is remembered of agent pools in Azure: one small file in the state directory for each fact and each agent pool. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Installation, replaceFile } from './installation.js';
import { UserError } from './user-error.js';

/** Whether this was noted of an agent pool. @throws UserError when that cannot be read: not knowing is not a no. */
export async function hasPoolNote(installation: Installation, fact: string, key: string): Promise<boolean> {
  const path = pathOf(installation, fact, key);
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path} cannot be read (${why}); mend that, or delete it to have the server asked anew`);
  }
}

/** Notes something of one agent pool; `key` names its server and itself. */
export async function notePool(installation: Installation, fact: string, key: string): Promise<void> {
  await mkdir(join(installation.directory, fact), { recursive: true, mode: 0o700 });
  await replaceFile(pathOf(installation, fact, key), `${key}\n`);
}

function pathOf({ directory }: Installation, fact: string, key: string): string {
  return join(directory, fact, createHash('sha256').update(key).digest('hex').slice(0, 16));
}
