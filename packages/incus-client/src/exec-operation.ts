import { IncusError } from './errors.js';
import type { Operation } from './wire/operation.js';

type Streams = Readonly<Record<'0' | '1' | '2' | 'control', string>>;

/** The secrets of a command's streams, which only the answer to the POST holds. @throws IncusError where there are none. */
export function streamSecrets(tried: string, operation: Operation): Streams {
  const fds = operation.metadata?.fds;
  if (typeof fds !== 'object' || fds === null)
    throw new IncusError('failed', `${tried}: the daemon offered no streams`);
  return fds as Streams;
}

/** How a command ended: 128 + N when signal N ended it. @throws IncusError where the daemon does not tell. */
export function exitCodeOf(tried: string, operation: Operation): number {
  const exitCode = operation.metadata?.return;
  if (typeof exitCode !== 'number') throw new IncusError('failed', `${tried}: the daemon reported no exit code`);
  return exitCode;
}
