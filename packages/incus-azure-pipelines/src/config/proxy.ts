/** From the keys of the proxies to what the daemon works with. */

import { parseNoProxy, proxyOf } from '../lib/no-proxy.js';
import type { Secret } from '../lib/secret.js';
import type { ProxySpec } from '../model/proxy.js';
import { checkSecret } from './check-credential.js';
import type { ConfigEnvironment } from './environment.js';
import type { Finding } from './finding.js';
import type { FileSettings } from './schema.js';
import { readSecret, type SecretWords } from './secret-text.js';
import { digestOf } from './written.js';

const PROXY_PASSWORD: SecretWords = { what: 'password', example: "the password of the proxy's user" };

/** The proxies of a file that passed all checks. */
export function proxySpec({ proxy }: FileSettings): ProxySpec | undefined {
  if (proxy === undefined) return undefined;
  const [http, https] = [proxy.http, proxy.https ?? proxy.http].map(written => written?.replace(/\/$/, ''));
  return { http, https, noProxy: (proxy.noProxy ?? []).flatMap(entry => parseNoProxy(entry) ?? []), user: proxy.user };
}

/** The host that a guest has to find in place of a server, where a proxy leads there. */
export function lookedUp(url: string, proxy: ProxySpec | undefined): string | undefined {
  const via = URL.canParse(url) ? proxyOf(new URL(url), proxy) : undefined;
  return via === undefined ? undefined : new URL(via).hostname;
}

/** Reads the password once, and tells what is wrong with it or with how it is kept. */
export async function checkProxyPassword(
  { proxy }: FileSettings,
  directory: string,
  environment: ConfigEnvironment,
): Promise<readonly Finding[]> {
  if (proxy?.password === undefined) return [];
  return await checkSecret(['proxy', 'password'], proxy.password, PROXY_PASSWORD, directory, environment);
}

/** The password of the proxies' user. */
export interface ProxyPassword {
  /** A digest of what the file says of it, so that two files can be compared. */
  readonly written: string;
  /** Reads it as it is now, so that a changed file is used. @throws Error when it cannot be read. */
  read(): Promise<Secret>;
}

/** Where the password comes from; undefined where nobody signs in. */
export function proxyPassword(
  { proxy }: FileSettings,
  directory: string,
  environment: ConfigEnvironment,
): ProxyPassword | undefined {
  const settings = proxy?.password;
  if (settings === undefined) return undefined;
  return {
    written: digestOf(settings),
    async read() {
      const found = await readSecret(settings, PROXY_PASSWORD, directory, environment);
      if ('secret' in found) return found.secret;
      throw new Error(`read the password of the proxy: ${found.problem}; ${found.remedy}`);
    },
  };
}
