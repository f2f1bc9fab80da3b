/** What the keys by which a pool signs in mean together. */

import type { AuthSettings } from './auth-schema.js';
import { error, type Finding, type KeyPath, valueAt, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

const DELETE_FOR_CERTIFICATE = "delete it: a certificate's last day is read from its file";

const WAYS = ['pat', 'command', 'servicePrincipal', 'managedIdentity', 'workloadIdentity'] as const;

/** Whether the agent's own `config.sh` can be given what this signs in with. */
export function isForGuests(auth: AuthSettings | undefined): boolean {
  return auth === undefined || auth.pat !== undefined || auth.command?.prints === 'pat';
}

/** Tells of ways to sign in that are not whole, are more than one, or cannot work with the rest of the pool. */
export function checkAuth(pool: PoolEntry): readonly Finding[] {
  const { azure } = pool.settings;
  const auth = azure?.auth;
  if (auth === undefined) return [];
  const path = pool.path('azure', 'auth');
  if (azure?.pat !== undefined)
    return [error(path, 'stands beside azure.pat, and a pool has one user', 'delete one of the two', 'key')];
  const ways = WAYS.filter(way => auth[way] !== undefined);
  if (ways.length !== 1) {
    const problem = ways.length === 0 ? 'names no way to sign in' : `names more than one: ${ways.join(', ')}`;
    return [error(path, problem, `write one of ${WAYS.join(', ')}`)];
  }
  return [...checkWhole(pool, auth), ...checkPlace(pool, auth, path)];
}

const REQUIRED = {
  command: { run: 'write the program and its arguments, such as run: [/usr/local/bin/azure-token]' },
  servicePrincipal: { tenantId: 'write the tenant of the application', clientId: 'write the id of the application' },
  workloadIdentity: {
    tenantId: 'write the tenant of the application',
    clientId: 'write the id of the application',
    tokenFile: 'write the file with the token, such as tokenFile: /run/secrets/entra-token',
  },
} as const;

function checkWhole(pool: PoolEntry, auth: AuthSettings): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [way, keys] of Object.entries(REQUIRED)) {
    if (valueAt(auth, [way]) === undefined) continue;
    for (const [name, remedy] of Object.entries(keys))
      if (valueAt(auth, [way, name]) === undefined)
        findings.push(error(pool.path('azure', 'auth', way, name), 'is missing', remedy));
  }
  const principal = auth.servicePrincipal;
  if (principal === undefined) return findings;
  const { certificate, secret, secretExpires } = principal;
  const at = (...keys: KeyPath) => pool.path('azure', 'auth', 'servicePrincipal', ...keys);
  if ((secret === undefined) === (certificate === undefined))
    findings.push(
      error(at(), 'needs either secret or certificate', 'write secret: {file: PATH}, or certificate: PATH'),
    );
  else if (secret === undefined && secretExpires !== undefined)
    findings.push(
      error(at('secretExpires'), 'is for a secret, and here is a certificate', DELETE_FOR_CERTIFICATE, 'key'),
    );
  return findings;
}

function checkPlace(pool: PoolEntry, auth: AuthSettings, path: KeyPath): readonly Finding[] {
  const { azure, registration } = pool.settings;
  const findings: Finding[] = [];
  if (!isForGuests(auth)) {
    if (azure?.patExpires !== undefined) {
      const problem = 'is for a personal access token, and here is none';
      findings.push(error(pool.path('azure', 'patExpires'), problem, inPlaceOfPatExpires(auth), 'key'));
    }
    if (registration === 'guest')
      findings.push(
        error(
          pool.path('registration'),
          'has guests sign in by config.sh, which is given personal access tokens alone',
          'write registration: host, or sign in with a personal access token',
        ),
      );
  }
  const isEntra = auth.pat === undefined && auth.command?.prints !== 'pat';
  if (isEntra && azure?.url !== undefined && !isServices(azure.url))
    findings.push(
      warning(
        path,
        'gets tokens of Microsoft Entra, which Azure DevOps Services takes and Azure DevOps Server does not',
        'sign in with a personal access token where the URL is that of a server',
      ),
    );
  return findings;
}

/** What tells of an end that is near, for a way to sign in that is no personal access token. */
function inPlaceOfPatExpires({ servicePrincipal }: AuthSettings): string {
  if (servicePrincipal?.secret !== undefined) return 'write servicePrincipal.secretExpires in its place';
  return servicePrincipal?.certificate !== undefined ? DELETE_FOR_CERTIFICATE : 'delete it';
}

function isServices(url: string): boolean {
  return !URL.canParse(url) || /^(?:dev\.azure\.com|[^.]+\.visualstudio\.com)$/i.test(new URL(url).hostname);
}
