import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateDirectory } from './run-record.js';

/**
 * The settings of the host that a private Incus changes. A guest needs 8 inotify instances, and 10 with docker; the
 * kernel's default of 128 ends at the sixteenth guest, without a word. The daemon itself turns forwarding on.
 */
const settings = [
  { path: '/proc/sys/fs/inotify/max_user_instances', wanted: 8192 },
  { path: '/proc/sys/net/ipv4/ip_forward', wanted: 1 },
] as const;

const memoPath = join(stateDirectory, 'settings-before.json');

/** Raises the settings, and notes what they were unless an earlier run has done so. */
export async function raiseHostSettings(): Promise<void> {
  const before: Record<string, number> = {};
  for (const { path } of settings) before[path] = Number(await readFile(path, 'utf8'));
  // An existing note is older, so it is the one that tells what the host had.
  await writeFile(memoPath, JSON.stringify(before), { flag: 'wx' }).catch(() => undefined);
  for (const { path, wanted } of settings) {
    if ((before[path] ?? 0) < wanted) await writeFile(path, String(wanted));
  }
}

/**
 * Puts the settings back as they were; for when the last run has been taken down.
 *
 * @param keepForwarding leaves forwarding on, where something else has come to rely on it.
 */
export async function restoreHostSettings(keepForwarding: boolean): Promise<void> {
  const text = await readFile(memoPath, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const before = JSON.parse(text) as Record<string, number>;
  for (const { path, wanted } of settings) {
    const value = before[path];
    if (value === undefined || value >= wanted) continue;
    if (keepForwarding && path.endsWith('/ip_forward')) continue;
    await writeFile(path, String(value));
  }
  await rm(memoPath, { force: true });
}
