import { Agent, type Dispatcher, request } from 'undici';
import { UserError } from '../lib/user-error.js';
import { DaemonError } from './daemon-error.js';

const DEADLINE_MS = 10_000;
/** No daemon is there to be asked. */
export class NoDaemonError extends UserError {
  /** Whether one that starts would be reached: nothing but its absence is in the way. */
  get mayCome(): boolean {
    return this.cause instanceof Error && 'code' in this.cause && ABSENT.has(this.cause.code);
  }
}

const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED']);

/** There is no socket, nobody listens on it, or it is not for this user: what the reader mends, and no time does. */
const UNREACHED: ReadonlySet<unknown> = new Set(['ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM', 'ENOTSOCK']);

/**
 * One call on the daemon's control socket.
 *
 * @throws NoDaemonError when no daemon is there, UserError when it refuses the call.
 * @throws DaemonError when one is there that failed, or that did not answer in time.
 */
export async function callDaemon(
  socket: string,
  method: 'GET' | 'POST',
  path: string,
  deadlineMs: number = DEADLINE_MS,
): Promise<unknown> {
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const { body, statusCode } = await answerOf(
      request(`http://daemon${path}`, { method, dispatcher, signal }),
      socket,
      signal,
    );
    if (statusCode === 200) return body;
    if (statusCode >= 500) throw new DaemonError(`the daemon on ${socket} failed: ${reasonIn(body)}`);
    throw new UserError(reasonIn(body));
  } finally {
    await dispatcher.destroy();
  }
}

async function answerOf(
  asked: Promise<Dispatcher.ResponseData>,
  socket: string,
  signal: AbortSignal,
): Promise<{ readonly statusCode: number; readonly body: unknown }> {
  try {
    const { body, statusCode } = await asked;
    return { statusCode, body: await body.json() };
  } catch (error) {
    if (signal.aborted)
      throw new DaemonError(
        `the daemon on ${socket} did not answer in time; it may be busy: try again, or see its log`,
      );
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && 'code' in error && UNREACHED.has(error.code))
      throw new NoDaemonError(
        `no daemon answers on ${socket} (${reason}); ${remedyOf(error.code)}, or name its socket with --socket`,
        { cause: error },
      );
    throw new DaemonError(`the daemon on ${socket} gave no whole answer (${reason}); see its log, and try again`);
  }
}

function remedyOf(code: unknown): string {
  if (!ABSENT.has(code)) return 'call this as root, or as a member of the group of its socket';
  return 'start it (where it ends again, "journalctl -u incus-azure-pipelines" says why)';
}

function reasonIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : 'it gives no reason';
}
