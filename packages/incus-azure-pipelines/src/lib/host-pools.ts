/**
 * Which agent pools in Azure have taken agents that the host registered: one small file for each in the state
 * directory. Such a pool is never handed the token again by itself; to have its server asked anew, delete the file.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Installation, replaceFile } from './installation.js';
import { UserError } from './user-error.js';

const FOLDER = 'host-registration';

/** Whether this pool was remembered. @throws UserError when that cannot be read: not knowing is not a no. */
export async function isHostPool(installation: Installation, key: string): Promise<boolean> {
  const path = pathOf(installation, key);
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path} cannot be read (${why}); mend that, or delete it to have the server asked anew`);
  }
}

/** Remembers one pool; `key` names its server and itself. */
export async function rememberHostPool(installation: Installation, key: string): Promise<void> {
  await mkdir(join(installation.directory, FOLDER), { recursive: true, mode: 0o700 });
  await replaceFile(pathOf(installation, key), `${key}\n`);
}

function pathOf({ directory }: Installation, key: string): string {
  return join(directory, FOLDER, createHash('sha256').update(key).digest('hex').slice(0, 16));
}
