/** Files and folders that are nobody's business but this program's. */

import { resolve } from 'node:path';
import { authOf } from './credential.js';
import { DEFAULTS } from './defaults.js';
import type { PoolEntry } from './pool-entry.js';
import type { FileSettings } from './schema.js';

/** The configuration, the files of its secrets, its sockets and its state, by their absolute paths. */
export function keptFiles(
  file: FileSettings,
  pools: readonly PoolEntry[],
  { configPath, directory }: { readonly configPath: string; readonly directory: string },
): readonly string[] {
  const { certificate, key, socket } = file.incus ?? {};
  const { password } = file.proxy ?? {};
  const written = [
    file.stateDirectory ?? DEFAULTS.stateDirectory,
    file.controlSocket ?? DEFAULTS.controlSocket,
    certificate,
    key,
    socket,
    fileOf(password),
    ...pools.flatMap(secretsOf),
  ];
  return [configPath, ...written.flatMap(path => (path === undefined ? [] : [resolve(directory, path)]))];
}

function secretsOf(pool: PoolEntry): readonly (string | undefined)[] {
  const { command, pat, servicePrincipal, workloadIdentity } = authOf(pool);
  return [
    fileOf(pat),
    fileOf(servicePrincipal?.secret),
    servicePrincipal?.certificate,
    workloadIdentity?.tokenFile,
    command?.run?.find(isPath),
  ];
}

function fileOf(secret: string | { readonly file?: string | undefined } | undefined): string | undefined {
  return typeof secret === 'object' ? secret.file : undefined;
}

function isPath(text: string): boolean {
  return text.startsWith('/');
}
