import type { Action } from '../model/action.js';
import type { ExecutorParts } from './parts.js';

const DEADLINE_MS = 10_000;
/** It runs still while the guest is not prepared; where it has ended, it looks once more and says Ready again. */
const COMMAND = ['systemctl', 'start', '--no-block', 'iap-prepared.service'];

/**
 * Has an unactivated guest say once more that it is prepared: Incus forgets it when it is started again.
 *
 * @throws Error when the guest has no such unit; IncusError as the calls do.
 */
export async function askPrepared(
  { name }: Action<'ask-prepared'>,
  { incus }: Pick<ExecutorParts, 'incus'>,
  signal: AbortSignal,
): Promise<void> {
  const { exitCode } = await incus.exec(
    name,
    { command: COMMAND, withoutStreams: true },
    { signal, deadlineMs: DEADLINE_MS },
  );
  if (exitCode !== 0)
    throw new Error(`ask "${name}" whether it is prepared: ${COMMAND.join(' ')} ended with ${exitCode}`);
}
