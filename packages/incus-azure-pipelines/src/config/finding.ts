/** Something found in the parsed file, before it is given its line and column. */

export type KeyPath = readonly (string | number)[];

export interface Finding {
  readonly path: KeyPath;
  readonly problem: string;
  readonly remedy: string;
  readonly severity: 'error' | 'warning';
  /** Whether the place is the key itself or what stands behind it. */
  readonly at: 'key' | 'value';
  /** The key that a misspelt one was probably meant to be: no other finding should call it missing. */
  readonly meant?: KeyPath;
  /** A key that would do in its place: where that one is broken, this finding only follows from it. */
  readonly instead?: KeyPath;
}

/** A finding that makes the file unusable. */
export function error(path: KeyPath, problem: string, remedy: string, at: Finding['at'] = 'value'): Finding {
  return { path, problem, remedy, severity: 'error', at };
}

/** A finding that a person should know of, with a file that works all the same. */
export function warning(path: KeyPath, problem: string, remedy: string): Finding {
  return { path, problem, remedy, severity: 'warning', at: 'value' };
}

/** Writes a path as a person would say it: `pools[0].azure.url`. A key that may be a token is not repeated. */
export function formatPath(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = mayBeSecret(part) ? '(a long word)' : part;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Whether text looks like a token or a client secret, which people put in wrong places: one long word with letters and digits. */
export function mayBeSecret(text: string): boolean {
  return /^[\w~+=.-]{32,}$/.test(text) && /[A-Za-z]/.test(text) && /\d/.test(text);
}

/** The value at a path inside parsed YAML; undefined where there is none. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((inner, part) => {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, part)) return undefined;
    return Reflect.get(inner, part);
  }, value);
}

/** Shows a value that is not meant as a secret, unless it looks like one: short, on one line, with nothing that a terminal would obey. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a map of keys';
  if (typeof value !== 'string') return String(value);
  if (mayBeSecret(value)) return 'a long word';
  const short = value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return JSON.stringify(short).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    char => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
