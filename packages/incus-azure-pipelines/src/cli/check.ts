import { loadConfig } from '../config/load.js';
import { ConfigError, formatMessage } from '../config/message.js';

/** Checks a file: its messages, or one line that it is right. Touches nothing. */
export async function check(options: { readonly config: string; readonly json?: boolean }): Promise<void> {
  const result = await loadConfig(options.config).catch((error: unknown) => {
    if (error instanceof ConfigError && options.json) return error;
    throw error;
  });
  const failed = result instanceof ConfigError;
  const messages = failed ? result.messages : result.warnings;
  if (failed) process.exitCode = 2;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ valid: !failed, messages }, undefined, 2)}\n`);
    return;
  }
  for (const message of messages) process.stdout.write(`${formatMessage(message)}\n`);
  process.stdout.write(`${options.config} is valid.\n`);
}
