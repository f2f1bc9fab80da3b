/** What a program or a server said, to be told to a person. */

const MOST_CHARACTERS = 300;

/**
 * The first line that says something, printable and short. Known secrets are left out, and so is what is as long as tokens are
 * and looks like one: whoever fails may quote what it was given, or was about to give.
 */
export function foreignWords(text: string, secrets: readonly string[] = []): string {
  const lines = secrets
    .filter(secret => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
    .split(/[\r\n\u2028\u2029]+/)
    .map(line => line.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim());
  const line = (lines.find(({ length }) => length > 0) ?? '').replace(/[\w.~+=-]{40,}/g, '[secret]');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}...` : line;
}
