import type { IncusClient } from 'incus-client';
import { followCommand, lastLinesCommand } from './guest/follow.js';

const DEADLINE_MS = 30_000;

export interface GuestLog {
  /** Whether to go on until the guest ends or the signal aborts. */
  readonly follow: boolean;
  /** Hears each piece as it comes. Foreign bytes. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

/**
 * Reads the logs of an agent that lives. A guest that ends meanwhile ends the reading, and is no failure.
 *
 * @throws IncusError where it cannot be begun; the reason of an abort.
 */
export async function readGuestLog(
  incus: Pick<IncusClient, 'exec'>,
  name: string,
  { follow, onOutput }: GuestLog,
  signal: AbortSignal,
): Promise<void> {
  let isBegun = false;
  const onStdout = (chunk: Uint8Array) => {
    isBegun = true;
    onOutput(chunk);
  };
  const request = { command: follow ? followCommand : lastLinesCommand, onStdout, maxOutputBytes: 0 };
  const deadlineMs = follow ? Number.POSITIVE_INFINITY : DEADLINE_MS;
  try {
    await incus.exec(name, request, { signal, deadlineMs });
  } catch (error) {
    signal.throwIfAborted();
    if (!isBegun) throw error;
  }
}
