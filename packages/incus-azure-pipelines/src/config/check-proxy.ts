/** Proxies and private authorities. */

import { parseNoProxy } from '../lib/no-proxy.js';
import { error, type Finding, type KeyPath, show, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { ProxySettings } from './proxy-schema.js';
import type { FileSettings } from './schema.js';

/** Checks the keys under `proxy:` against each other, and what contradicts them. */
export function checkProxy(file: FileSettings, pools: readonly PoolEntry[]): readonly Finding[] {
  return [...(file.proxy === undefined ? [] : checkKeys(file.proxy)), ...checkPools(file, pools)];
}

function checkKeys({ http, https, noProxy = [], password, user }: ProxySettings): readonly Finding[] {
  const findings = [
    ...checkUrl(['proxy', 'http'], http),
    ...checkUrl(['proxy', 'https'], https),
    ...noProxy.flatMap((entry, index) => checkEntry(['proxy', 'noProxy', index], entry)),
  ];
  if (http === undefined && https === undefined)
    findings.push(error(['proxy'], 'names no proxy', 'write http: "http://proxy.example:3128" in it', 'key'));
  if (user !== undefined && password === undefined)
    findings.push(error(['proxy', 'password'], 'is missing', 'write password: {file: PATH} beside user'));
  if (user === undefined && password !== undefined)
    findings.push(error(['proxy', 'user'], 'is missing', 'write user: NAME beside password'));
  return findings;
}

function checkUrl(path: KeyPath, written: string | undefined): readonly Finding[] {
  if (written === undefined) return [];
  const url = URL.canParse(written) ? new URL(written) : undefined;
  // Text before an @ may be a password: such a URL is not shown.
  const shown = written.includes('@') ? 'this' : show(written);
  const remedy = 'write http://HOST:PORT';
  if (url?.protocol !== 'http:') return [error(path, `${shown} is not an http URL, as proxies have them`, remedy)];
  if (url.username !== '' || url.password !== '')
    return [error(path, 'holds a user or a password', 'put them under user: and password: {file: PATH} beside it')];
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return [error(path, `${shown} says more than a host and a port`, `write http://${url.host}`)];
  // A URL that names the port of http has none when it is parsed.
  if (!/:\d+\/?$/.test(written))
    return [
      error(
        path,
        `${shown} names no port, and programs differ in what they take then`,
        `write http://${url.host}:PORT`,
      ),
    ];
  return [];
}

function checkEntry(path: KeyPath, entry: string): readonly Finding[] {
  if (parseNoProxy(entry) !== undefined) return [];
  const remedy = 'write one such as corp.example, 10.1.2.3 or 10.0.0.0/8; a name stands for all below it too';
  return [error(path, `${show(entry)} is no name, address or subnet of IPv4`, remedy)];
}

/** Variables of a pool that the proxy sets as well. */
const SET = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']);

function checkPools({ caCertificates = [], proxy }: FileSettings, pools: readonly PoolEntry[]): readonly Finding[] {
  return pools.flatMap(pool => {
    const { baseMade, env = {} } = pool.settings;
    const set = proxy === undefined ? [] : Object.keys(env).filter(name => SET.has(name.toUpperCase()));
    const findings = set.map(name =>
      warning(pool.path('env', name), 'takes the place of what proxy says', 'delete it here, or proxy'),
    );
    if (baseMade === true && caCertificates.length > 0) {
      const remedy = 'put them into the base by hand: /usr/local/share/ca-certificates and update-ca-certificates';
      findings.push(warning(pool.path('baseMade'), 'keeps caCertificates out of the base', remedy));
    }
    return findings;
  });
}
