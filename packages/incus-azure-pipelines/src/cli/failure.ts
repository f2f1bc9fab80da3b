import { type AzurePipelinesErrorKind, isAzurePipelinesError } from 'azure-pipelines-client';
import { isIncusError } from 'incus-client';
import { ConfigError, formatMessage } from '../config/message.js';
import { BaseBuildError } from '../execute/base/base-build-error.js';
import { PassingError } from '../lib/passing-error.js';
import { UserError } from '../lib/user-error.js';
import { DaemonError } from './daemon-error.js';
import type { Output } from './output.js';

/** Prints why the program ends, and gives its exit code: 2 for a mistake the reader can mend, 1 for anything else. */
export function reportFailure(error: unknown, output: Output): number {
  const complain = output.isJournal === true ? (text: string) => output.complain(asErrors(text)) : output.complain;
  if (error instanceof ConfigError) {
    for (const message of error.messages) complain(`${formatMessage(message)}\n`);
    return 2;
  }
  if (error instanceof UserError) {
    complain(`incus-azure-pipelines: ${error.message}\n`);
    return 2;
  }
  // These say in one sentence what was tried and why it failed; their stack tells a reader nothing more.
  const known =
    error instanceof DaemonError ||
    error instanceof PassingError ||
    error instanceof BaseBuildError ||
    isAzurePipelinesError(error) ||
    isIncusError(error);
  const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(`incus-azure-pipelines: ${text}\n`);
  return isAzurePipelinesError(error) && MISTAKES.has(error.kind) && !error.retryable ? 2 : 1;
}

/** The same text with the priority of an error before each of its lines. Source: sd-daemon(3). */
function asErrors(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '<3>');
}

/** Refusals that come again until the reader has changed the token, its rights or the URL; but where the source of the token failed. */
const MISTAKES: ReadonlySet<AzurePipelinesErrorKind> = new Set(['credentials', 'forbidden', 'not-found', 'invalid']);
