/** Hides secrets in what a job prints. */

const shown = '***';
const shortestSecret = 3;

/**
 * Returns what replaces every secret in a line by `***`. `patterns` are regular expressions (one that does not compile is
 * taken literally); values shorter than three characters are not hidden, they would hide half of a log.
 */
export function secretMask(patterns: readonly string[], values: readonly string[]): (line: string) => string {
  const literal = values.filter(value => value.length >= shortestSecret).map(escaped);
  const expressions = [...patterns, ...literal].filter(pattern => pattern !== '').map(compiled);
  return line => expressions.reduce((text, expression) => text.replace(expression, shown), line);
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'g');
  } catch {
    return new RegExp(escaped(pattern), 'g');
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
