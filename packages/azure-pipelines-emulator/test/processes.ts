import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Resolves when a process has ended: one that was killed may still have to be given a moment of a core for it. */
export async function ended(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
}

/** Whether a process runs; one that is dead and merely not yet collected by its parent does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
