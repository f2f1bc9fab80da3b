import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Installation } from './installation.js';
import { UserError } from './user-error.js';

/**
 * Makes sure that no other daemon of this owner runs. The kernel holds the lock, a name in the abstract socket space: it
 * is free again the moment its process is dead, so that nothing stale can be in the way. Who connects is told the process.
 *
 * @param busy What is thrown where one runs, given its process.
 * @throws UserError that says so, unless `busy` makes another.
 */
export async function claim(
  { directory, owner }: Installation,
  busy = (pid: string) =>
    new UserError(
      `a daemon of this installation (${directory}) already runs, process ${pid}; stop it first, or give this one a stateDirectory of its own`,
    ),
): Promise<AsyncDisposable> {
  const name = `\0incus-azure-pipelines-${owner}`;
  // Whoever is told may stay, and must not keep us from our end by that.
  const server = createServer(socket => socket.on('error', () => {}).end(String(process.pid), () => socket.destroy()));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(name, resolve);
  }).catch(async error => {
    if (!('code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw busy(await holderOf(name));
  });
  return {
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** Longest wait for the word of a process that holds a name. */
const ANSWER_MS = 1_000;

async function holderOf(name: string): Promise<string> {
  const socket = connect(name).setEncoding('utf8');
  try {
    const [text] = await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_MS) });
    return /^\d{1,10}$/.exec(String(text))?.[0] ?? 'unknown';
  } catch {
    return 'unknown';
  } finally {
    socket.destroy();
  }
}
