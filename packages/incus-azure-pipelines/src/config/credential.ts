/** Where a pool's token comes from, and what may be wrong with it. A token is never shown. */

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Secret } from '../lib/secret.js';
import type { ConfigEnvironment } from './environment.js';
import { readTextFile } from './files.js';
import { error, type Finding, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { TokenSettings } from './pool-schema.js';

/** Gives a pool's token; a file is read again each time, so that a renewed token needs no restart. */
export interface CredentialSource {
  readonly kind: 'pat';
  /** Throws an error that names the file and the remedy when the token cannot be read. */
  read(): Promise<Secret>;
}

/** A token, or why there is none. */
type Token = { readonly token: Secret } | { readonly problem: string; readonly remedy: string };

/** The source of a pool's token. Relative paths start at `directory`. */
export function credentialSource(
  settings: TokenSettings,
  pool: string,
  directory: string,
  environment: ConfigEnvironment,
): CredentialSource {
  return {
    kind: 'pat',
    async read() {
      const found = await readToken(settings, directory, environment);
      if ('token' in found) return found.token;
      throw new Error(`read the token of pool "${pool}": ${found.problem}; ${found.remedy}`);
    },
  };
}

/** Reads a pool's token once and tells what is wrong with it or with how it is kept. */
export async function checkCredential(
  pool: PoolEntry,
  directory: string,
  environment: ConfigEnvironment,
): Promise<readonly Finding[]> {
  const settings = pool.settings.azure?.pat;
  if (settings === undefined) return [];
  const path = pool.path('azure', 'pat');
  const found = await readToken(settings, directory, environment);
  if (!('token' in found)) return [error(path, found.problem, found.remedy)];
  if (found.token.reveal() === 'myVerySecretPatHere') {
    return [warning(path, 'is still the placeholder of the example', 'put a personal access token in its place')];
  }
  if (typeof settings === 'string' || settings.file === undefined) return [];
  const file = resolve(directory, settings.file);
  const mode = (await stat(file)).mode;
  if ((mode & 0o004) === 0) return [];
  return [warning(path, 'every user of this host can read the file', `run: chmod o-rwx ${file}`)];
}

async function readToken(settings: TokenSettings, directory: string, environment: ConfigEnvironment): Promise<Token> {
  if (typeof settings === 'string') return cleanToken(settings, 'the token');
  if ((settings.file === undefined) === (settings.env === undefined)) {
    return { problem: 'needs either file or env', remedy: 'write {file: PATH} or {env: NAME}' };
  }
  if (settings.env !== undefined) {
    const value = environment.variables[settings.env];
    if (value === undefined) {
      return {
        problem: `the variable ${settings.env} is not set`,
        remedy: `set it where this program is started, or use {file: PATH}`,
      };
    }
    return cleanToken(value, `the variable ${settings.env}`);
  }
  const file = resolve(directory, settings.file ?? '');
  const content = await readTextFile(file, { limitBytes: 65_536 });
  if ('problem' in content)
    return { problem: content.problem, remedy: content.remedy ?? 'put the token into it, or correct the path' };
  return cleanToken(content.text, file);
}

function cleanToken(text: string, where: string): Token {
  const token = text.trim();
  if (token === '') return { problem: `${where} is empty`, remedy: 'put a personal access token there' };
  if (/[\s\p{Cc}\p{Cf}]/u.test(token)) {
    return { problem: `${where} holds more than one word`, remedy: 'keep the token alone, on one line' };
  }
  return { token: new Secret(token) };
}
