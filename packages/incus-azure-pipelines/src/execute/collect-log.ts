import type { Action } from '../model/action.js';
import type { Want } from '../model/want.js';
import { COLLECTED_LOG_BYTES, collectCommand, parseCollected } from './guest/collect.js';
import type { ExecutorParts } from './parts.js';

/**
 * For the six calls of an exec around the command, which take longer where the host is busy: three seconds, as long as a
 * finished guest waits before it powers off anyway. The command itself reads for one second at most.
 */
const DEADLINE_MS = 3_000;

/**
 * Reads the end of a finished guest's logs and lets it power off. Nothing depends on it: a guest that will not be read
 * goes its way, and what it prints is data. What it lacked of memory and processes is the host's word where it has one.
 */
export async function collectLog(
  action: Action<'collect-log'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { name, pool } = action;
  // Before the guest is let go: its cgroup ends with it.
  const seen = await parts.hostSees(name);
  const request = { command: collectCommand, maxOutputBytes: 3 * COLLECTED_LOG_BYTES };
  // It may be gone before the last byte is read; that is how it ends when all is well.
  const result = await parts.incus.exec(name, request, { signal, deadlineMs: DEADLINE_MS }).catch(() => undefined);
  if (result === undefined && !seen.memoryKills && !seen.isOutOfProcesses) return;
  const { isDiskFull, ...told } = parseCollected(result?.stdout ?? '');
  const wants: Want[] = [
    ...(seen.isOutOfProcesses ? ['processes' as const] : []),
    ...(isDiskFull ? ['disk' as const] : []),
  ];
  const memoryKills = seen.memoryKills ?? told.memoryKills;
  parts.emit('log-collected', {
    name,
    pool,
    ...told,
    memoryKills,
    killsSeenByHost: seen.memoryKills !== undefined,
    wants,
  });
}
