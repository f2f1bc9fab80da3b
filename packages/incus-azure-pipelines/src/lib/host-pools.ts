/**
 * Which agent pools in Azure have taken agents that the host registered. Such a pool is never handed the token again by
 * itself; to have its server asked anew, delete its file.
 */
import type { Installation } from './installation.js';
import { hasPoolNote, notePool } from './pool-notes.js';

const FACT = 'host-registration';

/** Whether this pool was remembered. @throws UserError when that cannot be read: not knowing is not a no. */
export function isHostPool(installation: Installation, key: string): Promise<boolean> {
  return hasPoolNote(installation, FACT, key);
}

/** Remembers one pool; `key` names its server and itself. */
export function rememberHostPool(installation: Installation, key: string): Promise<void> {
  return notePool(installation, FACT, key);
}
