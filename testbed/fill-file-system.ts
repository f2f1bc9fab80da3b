import { open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runCommand } from './run-command.js';

const chunkBytes = 1_048_576;
/** Most of the room is only claimed, which is quick and writes nothing; the rest is written until there is none. */
const claimedShare = 0.95;

/** Claims the room of a file system by one file, but for so much of it; who removes the file gives it back. */
export async function leaveRoom(path: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  await runCommand('fallocate', ['--length', String(bavail * bsize - bytes), path]);
}

/** Takes all the room of a file system of btrfs by one file; who removes the file gives it back. */
export async function fillFileSystem(path: string): Promise<void> {
  // What was deleted before is free only some time after, and there would be room again.
  await runCommand('btrfs', ['subvolume', 'sync', dirname(path)]);
  const { bavail, bsize } = await statfs(dirname(path));
  const claimedBytes = Math.floor(bavail * bsize * claimedShare);
  if (claimedBytes > 0) await runCommand('fallocate', ['--length', String(claimedBytes), path]).catch(() => undefined);
  const file = await open(path, 'a');
  const chunk = Buffer.alloc(chunkBytes, 'x');
  try {
    for (;;) await file.write(chunk);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.sync().catch(() => undefined);
    await file.close();
  }
}
