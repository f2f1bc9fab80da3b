/** What may be wrong with what a pool signs in with, or with how it is kept. */

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import type { AuthSettings, SecretSettings } from './auth-schema.js';
import { authOf, CLIENT_SECRET, ISSUERS_TOKEN, TOKEN } from './credential.js';
import { readEntraCertificate } from './entra-certificate.js';
import type { ConfigEnvironment } from './environment.js';
import { error, type Finding, type KeyPath, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import { readSecret, type SecretWords } from './secret-text.js';

export interface CheckedCredential {
  readonly findings: readonly Finding[];
  /** Last moment of a certificate, epoch ms. */
  readonly certificateEnds?: number;
}

/** Reads once what a pool signs in with, and asks nobody for a token. */
export async function checkCredential(
  pool: PoolEntry,
  directory: string,
  environment: ConfigEnvironment,
): Promise<CheckedCredential> {
  const { command, pat, servicePrincipal, workloadIdentity } = authOf(pool);
  const at = (...keys: KeyPath) =>
    pool.settings.azure?.auth === undefined ? pool.path('azure', ...keys) : pool.path('azure', 'auth', ...keys);
  const secret = async (path: KeyPath, settings: SecretSettings | undefined, words: SecretWords) =>
    settings === undefined ? [] : checkSecret(path, settings, words, directory, environment);
  const findings = [
    ...(await secret(at('pat'), pat, TOKEN)),
    ...(await secret(at('servicePrincipal', 'secret'), servicePrincipal?.secret, CLIENT_SECRET)),
    ...(await checkProgram(at('command', 'run', 0), command, directory, environment)),
    ...(await secret(at('workloadIdentity', 'tokenFile'), inFile(workloadIdentity?.tokenFile), ISSUERS_TOKEN)),
  ];
  if (servicePrincipal?.certificate === undefined) return { findings };
  const path = at('servicePrincipal', 'certificate');
  const file = resolve(directory, servicePrincipal.certificate);
  const found = await readEntraCertificate(file);
  if (!('secret' in found)) return { findings: [...findings, error(path, found.problem, found.remedy)] };
  return { findings: found.isOpen ? [...findings, open(path, file)] : findings, certificateEnds: found.endsAt };
}

function inFile(file: string | undefined): SecretSettings | undefined {
  return file === undefined ? undefined : { file };
}

/** What is wrong with a secret, or with how it is kept. */
export async function checkSecret(
  path: KeyPath,
  settings: SecretSettings,
  words: SecretWords,
  directory: string,
  environment: ConfigEnvironment,
): Promise<readonly Finding[]> {
  const found = await readSecret(settings, words, directory, environment);
  if (!('secret' in found)) return [error(path, found.problem, found.remedy)];
  if (found.secret.reveal() === 'myVerySecretPatHere') {
    return [warning(path, 'is still the placeholder of the example', 'put a personal access token in its place')];
  }
  return found.openFile === undefined ? [] : [open(path, found.openFile)];
}

async function checkProgram(
  path: KeyPath,
  command: AuthSettings['command'],
  directory: string,
  environment: ConfigEnvironment,
): Promise<readonly Finding[]> {
  const program = command?.run?.[0];
  if (program === undefined) return [];
  if (program.includes('/')) {
    const file = resolve(directory, program);
    if (await isProgram(file)) return [];
    return [error(path, `${file} is no program that this user may run`, 'correct the path, or make it executable')];
  }
  const folders = (environment.variables.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  for (const folder of folders) if (await isProgram(join(folder, program))) return [];
  return [error(path, 'no folder of PATH has this program', 'write the path of the program')];
}

async function isProgram(file: string): Promise<boolean> {
  const isExecutable = access(file, constants.X_OK).then(async () => (await stat(file)).isFile());
  return await isExecutable.catch(() => false);
}

function open(path: KeyPath, file: string): Finding {
  return warning(path, 'every user of this host can read the file', `run: chmod o-rwx ${file}`);
}
