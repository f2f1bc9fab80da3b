import { Agent, request } from 'undici';
import { UserError } from '../lib/user-error.js';

const DEADLINE_MS = 10_000;

/** One call on the daemon's control socket. @throws UserError when no daemon answers, or when it refuses. */
export async function callDaemon(socket: string, method: 'GET' | 'POST', path: string): Promise<unknown> {
  const dispatcher = new Agent({ connect: { socketPath: socket } });
  try {
    const answer = await request(`http://daemon${path}`, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((error: Error) => {
      throw new UserError(
        `no daemon answers on ${socket} (${error.message}); start it, or name its socket with --socket`,
      );
    });
    const body: unknown = await answer.body.json();
    if (answer.statusCode !== 200) throw new UserError(refusalOf(body));
    return body;
  } finally {
    await dispatcher.destroy();
  }
}

function refusalOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : 'the daemon refused';
}
