/** The messages of a session, one after the other, across lost connections. */

import { connectErrorLine, reconnectedLine } from './console-lines.js';
import type { Diagnose } from './diagnostics.js';
import { ExitError, exitCodes, messageOf } from './exit-error.js';
import { pause } from './pause.js';
import { ServiceError } from './service-error.js';
import type { AgentMessage, Session } from './session.js';

export interface StreamOptions {
  /** Shortest and longest pause after a poll that brought nothing. */
  readonly pollPauseMs: readonly [number, number];
  /** The same after a poll that failed; twice as long from the sixth in a row on. */
  readonly errorPauseMs: readonly [number, number];
  readonly print: (line: string) => void;
}

const keepAlivePauseMs = 30_000;
const errorsBeforeLater = 5;

/**
 * Polls until the signal is aborted. A message is seen once and stays on the server until it is deleted. Throws an
 * ExitError when the server no longer lets the agent in: code 2, or 0 when the registration was revoked.
 */
export async function* receiveMessages(
  session: Session,
  options: StreamOptions,
  signal: AbortSignal,
): AsyncGenerator<AgentMessage, void> {
  let lastMessageId: number | undefined;
  let errors = 0;
  while (!signal.aborted) {
    let message: AgentMessage | undefined;
    let pauseRange: readonly [number, number] = options.pollPauseMs;
    try {
      message = await session.receive(lastMessageId, signal);
      if (errors > 0) options.print(reconnectedLine(Date.now()));
      errors = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (await renewed(session, error)) continue;
      throwIfFinal(error);
      if (errors === 0) options.print(connectErrorLine(Date.now(), messageOf(error)));
      errors += 1;
      const [shortest, longest] = options.errorPauseMs;
      pauseRange = errors <= errorsBeforeLater ? [shortest, longest] : [shortest * 2, longest * 2];
    }
    if (message === undefined) {
      await pause(between(pauseRange), signal).catch(() => {});
    } else {
      lastMessageId = message.id;
      yield message;
    }
  }
}

/** Polls beside the listener so that the server sees the agent alive while a job runs; what it receives is dropped. */
export async function keepSessionAlive(session: Session, diagnose: Diagnose, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await session.receive(undefined, signal);
      await pause(keepAlivePauseMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      diagnose(`keep the session alive: ${messageOf(error)}`);
      await pause(keepAlivePauseMs, signal).catch(() => {});
    }
  }
}

async function renewed(session: Session, error: unknown): Promise<boolean> {
  if (!(error instanceof ServiceError) || error.typeKey !== 'TaskAgentSessionExpiredException') return false;
  try {
    await session.reopen();
    return true;
  } catch (reopenError) {
    throwIfFinal(reopenError);
    return false;
  }
}

function throwIfFinal(error: unknown): void {
  if (!(error instanceof ServiceError)) return;
  if (error.typeKey === 'TaskAgentAccessTokenExpiredException') {
    throw new ExitError(error.message, exitCodes.done, { cause: error });
  }
  const isUnknownHere =
    error.typeKey === 'TaskAgentNotFoundException' || error.typeKey === 'TaskAgentPoolNotFoundException';
  // A token endpoint answers 400 to an agent that it no longer knows.
  const isRefused = error.status === 400 || error.status === 401 || error.status === 403;
  if (isUnknownHere || isRefused) {
    throw new ExitError(`An error occurred: ${error.message}`, exitCodes.retryable, { cause: error });
  }
}

function between([shortest, longest]: readonly [number, number]): number {
  return shortest + Math.random() * (longest - shortest);
}
