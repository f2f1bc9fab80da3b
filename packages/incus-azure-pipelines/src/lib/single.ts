import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Installation } from './installation.js';
import { UserError } from './user-error.js';

/**
 * Makes sure that no other daemon of this owner runs. The kernel holds the lock, a name in the abstract socket space: it
 * is free again the moment its process is dead, so that nothing stale can be in the way.
 *
 * @throws UserError that names the other daemon's process.
 */
export async function claim(installation: Installation): Promise<AsyncDisposable> {
  const pidPath = join(installation.directory, 'daemon.pid');
  const server = createServer(socket => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(`\0incus-azure-pipelines-${installation.owner}`, resolve);
  }).catch(async error => {
    if (!('code' in error) || error.code !== 'EADDRINUSE') throw error;
    const pid = (await readFile(pidPath, 'utf8').catch(() => 'unknown')).trim();
    throw new UserError(
      `a daemon of this installation (${installation.directory}) already runs, process ${pid}; stop it first, or give this one a stateDirectory of its own`,
    );
  });
  await writeFile(pidPath, `${process.pid}\n`);
  return {
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
