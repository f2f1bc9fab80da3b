import type { IncusClient } from 'incus-client';
import { followCommand, lastLinesCommand } from './guest/follow.js';

const DEADLINE_MS = 30_000;
/** What is shown of the last lines: a guest may have written lines without end, and print what it likes in place of them. */
const MOST_BYTES = 1024 * 1024;

export interface GuestLog {
  /** Whether to go on until the guest ends or the signal aborts. */
  readonly follow: boolean;
  /** Hears each piece as it comes. Foreign bytes. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

/**
 * Reads the logs of an agent that lives; without `follow` a mebibyte at most, in half a minute. A guest that ends meanwhile
 * ends the reading, and is no failure. Gives back whether it printed more than that.
 *
 * @throws IncusError where it cannot be begun; the reason of an abort.
 */
export async function readGuestLog(
  incus: Pick<IncusClient, 'exec'>,
  name: string,
  { follow, onOutput }: GuestLog,
  signal: AbortSignal,
): Promise<boolean> {
  const enough = new AbortController();
  let left = follow ? Number.POSITIVE_INFINITY : MOST_BYTES;
  let isBegun = false;
  const onStdout = (chunk: Uint8Array) => {
    isBegun = true;
    if (chunk.byteLength > left) enough.abort();
    if (left > 0) onOutput(chunk.subarray(0, left));
    left = Math.max(0, left - chunk.byteLength);
  };
  const request = { command: follow ? followCommand : lastLinesCommand, onStdout, maxOutputBytes: 0 };
  const deadlineMs = follow ? Number.POSITIVE_INFINITY : DEADLINE_MS;
  try {
    await incus.exec(name, request, { signal: AbortSignal.any([signal, enough.signal]), deadlineMs });
  } catch (error) {
    signal.throwIfAborted();
    if (!isBegun) throw error;
  }
  return enough.signal.aborted;
}
