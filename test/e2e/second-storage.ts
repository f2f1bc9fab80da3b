/** Another storage pool in the testbed's Incus, with a volume in it that belongs to a project. */
import { randomBytes } from 'node:crypto';
import type { Testbed } from '../../testbed/for-tests.js';
import { incusEnvironment } from '../../testbed/incus-command.js';
import { runCommand } from '../../testbed/run-command.js';

const VOLUME = 'cache';
const DEADLINE_MS = 120_000;

export interface SecondStorage extends AsyncDisposable {
  readonly pool: string;
  readonly volume: string;
  /** Makes the volume, which guests with user ids of their own can write to. */
  makeVolume(project: string): Promise<void>;
  /** Deletes it; no instance may have it any more. */
  deleteVolume(project: string): Promise<void>;
}

/** Makes the storage pool; whoever does so deletes it, when nothing is in it any more. */
export async function makeSecondStorage({ directory }: Testbed): Promise<SecondStorage> {
  const storage = (...args: readonly string[]) =>
    runCommand('incus', ['storage', ...args], { env: incusEnvironment(directory), deadlineMs: DEADLINE_MS });
  const pool = `second-${randomBytes(3).toString('hex')}`;
  await storage('create', pool, 'btrfs', 'size=5GiB');
  return {
    pool,
    volume: VOLUME,
    async makeVolume(project) {
      await storage('volume', 'create', pool, VOLUME, 'security.shifted=true', '--project', project);
    },
    async deleteVolume(project) {
      await storage('volume', 'delete', pool, VOLUME, '--project', project);
    },
    async [Symbol.asyncDispose]() {
      await storage('delete', pool);
    },
  };
}
