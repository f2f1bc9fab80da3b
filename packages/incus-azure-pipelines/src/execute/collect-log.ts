import type { Action } from '../model/action.js';
import { COLLECTED_LOG_BYTES, collectCommand, parseCollected } from './guest/collect.js';
import type { ExecutorParts } from './parts.js';

/**
 * For the six calls of an exec, which take longer where the host is busy; the command itself reads for one second at most.
 * The guest waits three seconds and then powers off anyway.
 */
const DEADLINE_MS = 3_000;

/**
 * Reads the end of a finished guest's logs and lets it power off. Nothing depends on it: a guest that will not be read
 * goes its way, and what it prints is data.
 */
export async function collectLog(
  action: Action<'collect-log'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { name, pool } = action;
  const request = { command: collectCommand, maxOutputBytes: 3 * COLLECTED_LOG_BYTES };
  // It may be gone before the last byte is read; that is how it ends when all is well.
  const result = await parts.incus.exec(name, request, { signal, deadlineMs: DEADLINE_MS }).catch(() => undefined);
  if (result !== undefined) parts.emit('log-collected', { name, pool, ...parseCollected(result.stdout) });
}
