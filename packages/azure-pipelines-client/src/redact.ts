/** Texts that came from a server, made fit for a log or a terminal. */

const maxLength = 500;

/** Replaces every secret, in every spelling given, by `[secret]`. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[secret]')), text);
}

/** Makes a foreign text one printable line of bounded length without secrets. */
export function foreignText(text: string, secrets: readonly string[]): string {
  // The cut comes last: half a secret is not recognised any more.
  const line = redact(text, secrets)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
