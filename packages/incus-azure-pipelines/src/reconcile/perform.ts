import type { Action, ActionKind, Executors } from '../model/action.js';

/** Runs an action by the executor of its kind. @throws whatever the executor throws. */
export function perform<K extends ActionKind>(
  executors: Executors,
  action: Action<K>,
  signal: AbortSignal,
): Promise<void> {
  const kind: K = action.kind;
  return executors[kind](action, signal);
}
