/** Which agent pools in Azure a daemon of this installation has found when it started: those are no slip of the pen. */
import type { Installation } from './installation.js';
import { hasPoolNote, notePool } from './pool-notes.js';

const FACT = 'agent-pools';

/** Whether this agent pool was found before. @throws UserError when that cannot be read. */
export function isKnownPool(installation: Installation, key: string): Promise<boolean> {
  return hasPoolNote(installation, FACT, key);
}

/** Remembers agent pools that were found; each key names a server and an agent pool. */
export async function rememberKnownPools(installation: Installation, keys: Iterable<string>): Promise<void> {
  for (const key of keys) if (!(await isKnownPool(installation, key))) await notePool(installation, FACT, key);
}
