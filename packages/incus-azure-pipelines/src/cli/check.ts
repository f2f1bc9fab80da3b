import { loadConfig } from '../config/load.js';
import { ConfigError, formatMessage } from '../config/message.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { overcommitment, sayOvercommitment } from './overcommitment.js';

/**
 * Checks a file: its messages, or one line that it is right. Touches nothing. Gives back the exit code.
 *
 * @throws ConfigError for a file that cannot be used, unless JSON was asked for, which then says so.
 */
export async function check(
  options: { readonly config: string; readonly json?: boolean },
  { write }: Output,
): Promise<0 | 2> {
  const result = await loadConfig(options.config).catch((error: unknown) => {
    if (error instanceof ConfigError && options.json) return error;
    throw error;
  });
  const failed = result instanceof ConfigError;
  const messages = failed ? result.messages : result.warnings;
  if (options.json) {
    const most = failed ? undefined : overcommitment(result.spec);
    write(formatJson({ valid: !failed, messages, ...(most === undefined ? {} : { overcommitment: most }) }));
    return failed ? 2 : 0;
  }
  for (const message of messages) write(`${formatMessage(message)}\n`);
  write(`${options.config} is valid.\n`);
  if (!failed) for (const line of sayOvercommitment(overcommitment(result.spec))) write(`${line}\n`);
  return 0;
}
