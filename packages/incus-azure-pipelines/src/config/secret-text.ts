/** A secret that stands in the configuration, in a file or in a variable. It is never shown. */

import { resolve } from 'node:path';
import { Secret } from '../lib/secret.js';
import type { SecretSettings } from './auth-schema.js';
import type { ConfigEnvironment } from './environment.js';
import { readTextFile } from './files.js';
import { mayBeSecret } from './finding.js';

export interface SecretWords {
  /** Such as `token`. */
  readonly what: string;
  /** Such as `a personal access token`. */
  readonly example: string;
}

/** A secret, or why there is none; `openFile` is a file that every user of this host can read. */
export type FoundSecret =
  | { readonly secret: Secret; readonly openFile?: string }
  | { readonly problem: string; readonly remedy: string };

/** Reads a secret as it is now. Relative paths start at `directory`. Never throws. */
export async function readSecret(
  settings: SecretSettings,
  words: SecretWords,
  directory: string,
  environment: ConfigEnvironment,
): Promise<FoundSecret> {
  if (typeof settings === 'string') return clean(settings, `the ${words.what}`, words);
  if ((settings.file === undefined) === (settings.env === undefined)) {
    return { problem: 'needs either file or env', remedy: 'write {file: PATH} or {env: NAME}' };
  }
  if (settings.env !== undefined) {
    const value = environment.variables[settings.env];
    if (value === undefined && mayBeSecret(settings.env)) return misplaced('variable', words);
    if (value === undefined) {
      return {
        problem: `the variable ${settings.env} is not set`,
        remedy: `set it where this program is started, or use {file: PATH}`,
      };
    }
    return clean(value, `the variable ${settings.env}`, words);
  }
  const file = resolve(directory, settings.file ?? '');
  const content = await readTextFile(file, { limitBytes: 65_536 });
  if ('problem' in content && mayBeSecret(settings.file ?? '')) return misplaced('file', words);
  if ('problem' in content)
    return { problem: content.problem, remedy: content.remedy ?? `put the ${words.what} into it, or correct the path` };
  const found = clean(content.text, file, words);
  return 'secret' in found && (content.mode & 0o004) !== 0 ? { ...found, openFile: file } : found;
}

/** In place of the name of what is not there: that may be the secret itself. */
function misplaced(kind: 'file' | 'variable', { what }: SecretWords): FoundSecret {
  return {
    problem: `there is no such ${kind}, and its name looks like the ${what} itself`,
    remedy: `put the ${what} into a file, and write {file: PATH}`,
  };
}

function clean(text: string, where: string, { example, what }: SecretWords): FoundSecret {
  const token = text.trim();
  if (token === '') return { problem: `${where} is empty`, remedy: `put ${example} there` };
  if (/[\s\p{Cc}\p{Cf}]/u.test(token)) {
    return { problem: `${where} holds more than one word`, remedy: `keep the ${what} alone, on one line` };
  }
  return { secret: new Secret(token) };
}
