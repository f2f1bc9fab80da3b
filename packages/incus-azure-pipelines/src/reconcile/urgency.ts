import type { ActionKind } from '../model/action.js';

/** Soon enough for what nobody waits for: busy pools are looked at before that anyway. */
const LATER_MS = 1_000;

/**
 * How soon the end of an action, when all went well, is worth a look at everything. What it makes room for or makes
 * possible is, at once; the rest is news for people, and the next ring brings it along.
 */
export function urgencyMs(kind: ActionKind): number {
  switch (kind) {
    case 'build-base':
    case 'delete-base':
    case 'prove-base':
    case 'delete-instance':
      return 0;
    case 'create-instance':
    case 'activate-agent':
    case 'listen-agent':
    case 'enable-agent':
    case 'collect-log':
    case 'disable-agent':
    case 'delete-registration':
    case 'keep-placeholder':
    case 'remove-placeholder':
    case 'remove-doorbell':
    case 'give-way':
    case 'warn-of-end':
    case 'ask-prepared':
      return LATER_MS;
  }
}
