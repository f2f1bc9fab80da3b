import { link, readFile, rm, writeFile } from 'node:fs/promises';
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
    const content = await readFile(path, 'utf8').catch(() => undefined);
    // Gone in between.
    if (content === undefined) continue;
    const holder = content === '' ? undefined : (JSON.parse(content) as ProcessIdentity);
    if (holder === undefined || !isRunning(holder)) await rm(path, { force: true });
    else if (performance.now() < giveUpAt) await sleep(50);
    else throw new Error(`wait for ${path}: process ${holder.pid} keeps it; end that process and try again`);
  }
}

/** It is there with its content or not at all: who is killed while it writes leaves no lock of nobody. */
async function createLock(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
