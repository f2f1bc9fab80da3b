import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

const LOCK = '/run/iap-testbed.lock';
const deadlineMs = 240_000;

/**
 * Does something while no other process of this host starts or takes down a private Incus, or does what else has a lock of
 * its own. The lock of a process that has ended is void.
 *
 * @throws Error when another living process holds the lock for four minutes.
 */
export async function withHostLock<T>(work: () => Promise<T>, path = LOCK): Promise<T> {
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  const self = JSON.stringify(identifyProcess(process.pid));
  const giveUpAt = performance.now() + deadlineMs;
  while (!(await createLock(path, self))) {
    const holder = await readHolder(path);
    if (holder !== undefined && !isRunning(holder)) await rm(path, { force: true });
    else if (performance.now() < giveUpAt) await sleep(50);
    else throw new Error(`wait for ${path}: process ${holder?.pid} keeps it; end that process and try again`);
  }
}

async function createLock(path: string, content: string): Promise<boolean> {
  return writeFile(path, content, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  // Empty between its creation and its content.
  return text === '' ? undefined : (JSON.parse(text) as ProcessIdentity);
}
