import { Agent, type Dispatcher, request } from 'undici';
import { PRODUCT, RELEASE } from '../lib/release.js';
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

/** The daemon is of another release, and what it says may have another form. */
export class OtherReleaseError extends UserError {}

/** What a daemon says on its control socket, and who it says to be. */
interface Told {
  readonly body: unknown;
  readonly server: string;
}

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
  return (await exchange(socket, method, path, deadlineMs)).body;
}

/**
 * What the daemon says of something, to be shown to a person.
 *
 * @throws OtherReleaseError when it is of another release; whatever `callDaemon` throws.
 */
export async function askDaemon(socket: string, path: string): Promise<unknown> {
  const { body, server } = await exchange(socket, 'GET', path, DEADLINE_MS);
  if (server === PRODUCT) return body;
  const other = /^incus-azure-pipelines\/([\w.+-]+)$/.exec(server)?.[1];
  const of = other === undefined ? 'an older release that does not say which' : `release ${other}`;
  throw new OtherReleaseError(
    `the daemon on ${socket} is of ${of}, and this program, of release ${RELEASE}, cannot show what it says; restart the daemon, which ends no job`,
  );
}

async function exchange(socket: string, method: 'GET' | 'POST', path: string, deadlineMs: number): Promise<Told> {
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const { body, server, statusCode } = await answerOf(
      request(`http://daemon${path}`, { method, dispatcher, signal }),
      socket,
      signal,
    );
    if (statusCode === 200) return { body, server };
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
): Promise<Told & { readonly statusCode: number }> {
  try {
    const { body, headers, statusCode } = await asked;
    return { statusCode, server: String(headers.server ?? ''), body: await body.json() };
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
