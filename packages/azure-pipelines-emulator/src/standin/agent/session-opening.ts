/** Which refusals of a session are worth another try, and how long. */

import { connectErrorLine } from './console-lines.js';
import { ExitError, exitCodes, messageOf } from './exit-error.js';
import type { pause } from './pause.js';
import { ServiceError } from './service-error.js';
import type { Session } from './session.js';

export interface OpeningContext {
  readonly open: (signal: AbortSignal) => Promise<Session>;
  readonly print: (line: string) => void;
  readonly now: () => number;
  readonly pause: typeof pause;
}

const retryPauseMs = 30_000;
const conflictPatienceMs = 240_000;

/**
 * Opens a session, again every 30 s while another one is live (four minutes) or the server is not well (without end).
 * Throws an ExitError for what will not change: code 1, or 0 when the registration was revoked. What is no answer of the
 * server, such as a refused connection, passes through.
 */
export async function openSessionPatiently(context: OpeningContext, signal: AbortSignal): Promise<Session> {
  let conflictSinceAt: number | undefined;
  for (;;) {
    try {
      return await context.open(signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceError)) throw error;
      if (error.typeKey === 'TaskAgentSessionConflictException') {
        conflictSinceAt ??= context.now();
        context.print('A session for this agent already exists.');
        if (context.now() - conflictSinceAt >= conflictPatienceMs) {
          const seconds = conflictPatienceMs / 1000;
          const message = `Stop retry on SessionConflictException after retried for ${seconds} seconds.`;
          throw new ExitError(message, exitCodes.terminated, { cause: error });
        }
      } else if (isTransient(error)) {
        context.print(connectErrorLine(context.now(), messageOf(error)));
      } else {
        throw refusal(error);
      }
      await context.pause(error.retryAfterMs ?? retryPauseMs, signal);
    }
  }
}

/** Whether the same request may be answered otherwise later. */
function isTransient(error: ServiceError): boolean {
  return error.status === 429 || error.status >= 500;
}

function refusal(error: ServiceError): ExitError {
  switch (error.typeKey) {
    case 'TaskAgentAccessTokenExpiredException':
      return new ExitError(error.message, exitCodes.done, { cause: error });
    case 'TaskAgentNotFoundException':
    case 'TaskAgentPoolNotFoundException': {
      const message = 'The agent no longer exists on the server. Please reconfigure the agent.';
      return new ExitError(message, exitCodes.terminated, { cause: error });
    }
    default:
      return new ExitError(`Failed to create session. ${error.message}`, exitCodes.terminated, { cause: error });
  }
}
