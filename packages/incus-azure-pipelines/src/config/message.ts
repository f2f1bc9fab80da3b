/** What is told to the person who wrote the file. */

/** One sentence about one place in the file. Lines and columns count from 1. */
export interface ConfigMessage {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Key as a person would say it, `pools[0].azure.url`; empty for the file as a whole. */
  readonly key: string;
  readonly problem: string;
  readonly remedy: string;
  readonly severity: 'error' | 'warning';
}

/** The configuration cannot be used; carries everything that was found in one reading, warnings included. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly messages: readonly ConfigMessage[];

  constructor(messages: readonly ConfigMessage[], options?: ErrorOptions) {
    super(messages.map(formatMessage).join('\n'), options);
    this.messages = messages;
  }
}

/** Writes where it is and what is wrong there, without the remedy. */
export function formatProblem(message: ConfigMessage): string {
  const place = `${message.file}:${message.line}:${message.column}: `;
  const severity = message.severity === 'warning' ? 'warning: ' : '';
  const key = message.key === '' ? '' : `${message.key}: `;
  return `${place}${severity}${key}${message.problem}`;
}

/** Writes a message on one line: `config.yaml:5:3: pools[0].agentCout: unknown key; did you mean "agentCount"?`. */
export function formatMessage(message: ConfigMessage): string {
  return `${formatProblem(message)}; ${message.remedy}`;
}
