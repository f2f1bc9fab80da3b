/** The folder of packed stand-ins: one folder for each content, of which old ones go. */

import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Each holds some 30 MiB, and every change of the agent's code makes another. */
const KEPT = 4;
/** Another process may be about to read what was used so lately. */
const IN_USE_MS = 3_600_000;

/**
 * Notes that a package is used, and deletes those that were not used for an hour and are not among the last four. What is
 * not a package of ours stays.
 *
 * @param name of the package's folder below `directory`.
 * @param now epoch ms.
 */
export async function usePackage(directory: string, name: string, now: number): Promise<void> {
  await utimes(join(directory, name), now / 1000, now / 1000);
  const names = (await readdir(directory)).filter(entry => /^[0-9a-f]{16}$/.test(entry));
  const dated = await Promise.all(
    names.map(async entry => {
      // Another process may have been quicker to delete it.
      const usedAt = (await stat(join(directory, entry)).catch(() => undefined))?.mtimeMs ?? now;
      return { entry, usedAt };
    }),
  );
  const old = dated
    .sort((a, b) => b.usedAt - a.usedAt)
    .slice(KEPT)
    .filter(({ usedAt }) => now - usedAt > IN_USE_MS);
  await Promise.all(old.map(({ entry }) => rm(join(directory, entry), { recursive: true, force: true })));
}
