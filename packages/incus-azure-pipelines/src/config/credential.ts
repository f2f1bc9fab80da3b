/** Where a pool's token comes from. */

import { resolve } from 'node:path';
import { commandSource } from '../lib/identity/command.js';
import { entraSource } from '../lib/identity/entra.js';
import type { TokenSource } from '../lib/identity/identity.js';
import type { Secret } from '../lib/secret.js';
import { WayOut } from '../lib/way-out.js';
import type { AuthSettings, SecretSettings } from './auth-schema.js';
import { readEntraCertificate } from './entra-certificate.js';
import type { ConfigEnvironment } from './environment.js';
import type { PoolEntry } from './pool-entry.js';
import { readSecret, type SecretWords } from './secret-text.js';

export const TOKEN: SecretWords = { what: 'token', example: 'a personal access token' };
export const CLIENT_SECRET: SecretWords = { what: 'secret', example: 'the client secret' };
export const ISSUERS_TOKEN: SecretWords = { what: 'token', example: 'the token of its issuer' };

const COMMAND_DEADLINE_MS = 30_000;

/** How a pool says who it is, wherever its token stands. */
export function authOf({ settings: { azure } }: PoolEntry): AuthSettings {
  return azure?.auth ?? (azure?.pat === undefined ? {} : { pat: azure.pat });
}

/** Tokens of pools, by name. Pools that share what stands beside `pools:` share what is asked for it. */
export function tokenSources(
  pools: readonly PoolEntry[],
  directory: string,
  environment: ConfigEnvironment,
  wayOut: WayOut,
): ReadonlyMap<string, TokenSource> {
  const shared = new Map<AuthSettings, TokenSource>();
  return new Map(
    pools.map(pool => {
      const auth = authOf(pool);
      const source = shared.get(auth) ?? tokenSource(auth, pool.name, directory, environment, wayOut);
      shared.set(auth, source);
      return [pool.name, source];
    }),
  );
}

/** Where a pool's token comes from, by what its file says. */
export function tokenSource(
  auth: AuthSettings,
  pool: string,
  directory: string,
  environment: ConfigEnvironment,
  wayOut = new WayOut(),
): TokenSource {
  const path = (written: string) => resolve(directory, written);
  const { command, managedIdentity, pat, servicePrincipal, workloadIdentity } = auth;
  if (command !== undefined) {
    const [program = '', ...rest] = command.run ?? [];
    return commandSource({
      kind: command.prints === 'pat' ? 'pat' : 'bearer',
      argv: [program.includes('/') ? path(program) : program, ...rest],
      deadlineMs: command.timeout ?? COMMAND_DEADLINE_MS,
    });
  }
  const read = async (settings: SecretSettings, words: SecretWords) =>
    secretOf(await readSecret(settings, words, directory, environment), words.what, pool);
  if (managedIdentity !== undefined) return entraSource({ kind: 'managed', clientId: managedIdentity.clientId });
  if (workloadIdentity !== undefined) {
    const { clientId = '', tenantId = '', tokenFile = '' } = workloadIdentity;
    const token = () => read({ file: tokenFile }, ISSUERS_TOKEN);
    return entraSource({ kind: 'federated', tenantId, clientId, secret: token }, { wayOut });
  }
  if (servicePrincipal !== undefined) {
    const { certificate, clientId = '', secret = '', tenantId = '' } = servicePrincipal;
    if (certificate === undefined)
      return entraSource({ kind: 'secret', tenantId, clientId, secret: () => read(secret, CLIENT_SECRET) }, { wayOut });
    const both = async () => secretOf(await readEntraCertificate(path(certificate)), 'certificate', pool);
    return entraSource({ kind: 'certificate', tenantId, clientId, secret: both }, { wayOut });
  }
  // A file is read again each time, so that a renewed token needs no restart.
  return { kind: 'pat', isKept: false, ask: async () => ({ secret: await read(pat ?? '', TOKEN) }) };
}

type Found = { readonly secret: Secret } | { readonly problem: string; readonly remedy: string };

function secretOf(found: Found, what: string, pool: string): Secret {
  if ('secret' in found) return found.secret;
  throw new Error(`read the ${what} of pool "${pool}": ${found.problem}; ${found.remedy}`);
}
