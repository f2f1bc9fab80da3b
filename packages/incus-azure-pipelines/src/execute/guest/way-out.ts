/** How a machine is told of the proxies and of who vouches for servers: by a script that root runs in it. */

import { agentPattern, OWN_NAMES, proxyOf } from '../../lib/no-proxy.js';
import { Secret } from '../../lib/secret.js';
import type { ProxySpec } from '../../model/proxy.js';
import { AGENT_USER, WAY_OUT_PATH } from './layout.js';

/** The proxies, and the password of their user as it is now. */
export interface GuestProxy {
  readonly spec: ProxySpec;
  readonly password: Secret | undefined;
}

export interface GuestWayOut {
  readonly proxy: GuestProxy | undefined;
  /** Whether there are authorities in the base that its image did not trust. */
  readonly trusts: boolean;
}

/** All that the machine trusts; where a program takes one file it takes the place of its own. */
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const TRUST = { NODE_EXTRA_CA_CERTS: BUNDLE, REQUESTS_CA_BUNDLE: BUNDLE };

const PROXY_NAMES = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const SIGN_IN_NAMES = ['VSTS_HTTP_PROXY_USERNAME', 'VSTS_HTTP_PROXY_PASSWORD'];
/** The variable by which the agent is told what of its environment it must not publish. */
const IGNORE = 'VSO_AGENT_IGNORE';

/**
 * Has everything in the machine use the proxies from then on: what has the variables, what is run with sudo, and services,
 * docker among them. No password is ever an argument, or on a disk.
 *
 * @returns undefined where there is nothing to tell.
 */
export function wayOutScript({ proxy, trusts }: GuestWayOut): Secret | undefined {
  if (proxy === undefined && !trusts) return undefined;
  return new Secret([...HEAD, ...environmentFile(proxy, trusts, {}), ...(proxy ? TELL_SERVICES : [])].join('\n'));
}

/**
 * The same for a machine that becomes an agent, with what the agent and docker's client have files for.
 *
 * @param url of the agent's server.
 */
export function agentWayOutScript({ proxy, trusts }: GuestWayOut, url: string): Secret | undefined {
  if (proxy === undefined && !trusts) return undefined;
  const more = { ...signIn(proxy), [IGNORE]: hidden().join(',') };
  const certificates = JSON.stringify({ skipServerCertValidation: false, caCert: BUNDLE });
  return new Secret(
    [
      ...HEAD,
      ...environmentFile(proxy, trusts, more),
      ...(proxy ? [...TELL_SERVICES, ...proxyFiles(proxy, url)] : []),
      ...(trusts ? agentFile('.certificates', [certificates]) : []),
    ].join('\n'),
  );
}

/** A pool's variables where an agent is told of proxies: one that says what is not published says it of those too. */
export function besideWayOut(
  environment: Readonly<Record<string, string>>,
  proxy: ProxySpec | undefined,
): Readonly<Record<string, string>> {
  const own = environment[IGNORE];
  if (own === undefined || proxy === undefined) return environment;
  return { ...environment, [IGNORE]: [own, ...hidden()].join(',') };
}

function hidden(): readonly string[] {
  return [...PROXY_NAMES, ...SIGN_IN_NAMES];
}

const HEAD = ['#!/bin/bash', 'set -euo pipefail', 'umask 077', 'mkdir -p /run/iap'];

/** What services are told is in their manager's memory; docker reads it when it starts. */
const TELL_SERVICES = [
  'mkdir -p /etc/sudoers.d',
  `echo 'Defaults env_keep += "${PROXY_NAMES.join(' ')}"' >/etc/sudoers.d/iap-proxy`,
  'chmod 0440 /etc/sudoers.d/iap-proxy',
  `while IFS= read -r pair; do export "\${pair?}"; done <${WAY_OUT_PATH}`,
  `systemctl import-environment ${PROXY_NAMES.join(' ')}`,
  'if systemctl --quiet is-active docker.service; then systemctl restart docker.service; fi',
];

function environmentFile(
  proxy: GuestProxy | undefined,
  trusts: boolean,
  more: Readonly<Record<string, string>>,
): readonly string[] {
  const variables = { ...(proxy && proxyVariables(proxy)), ...(trusts ? TRUST : {}), ...more };
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return [`printf '%s\\n' ${pairs.map(quoted).join(' ')} >${WAY_OUT_PATH}`];
}

/** Both spellings: some programs heed the one, some the other. */
function proxyVariables(proxy: GuestProxy): Readonly<Record<string, string>> {
  const { http, https, noProxy } = addresses(proxy);
  const values = [http, https, noProxy];
  return Object.fromEntries(PROXY_NAMES.map((name, index) => [name, values[index % values.length] ?? '']));
}

function addresses({ password, spec }: GuestProxy) {
  const withUser = (url: string | undefined) => {
    if (url === undefined || spec.user === undefined) return url ?? '';
    const { host } = new URL(url);
    const userInfo = `${encoded(spec.user)}:${encoded(password?.reveal() ?? '')}`;
    // A URL forgets the port of its scheme, and programs differ in what they take then.
    return `http://${userInfo}@${host.includes(':') && !host.endsWith(']') ? host : `${host}:80`}`;
  };
  return { http: withUser(spec.http), https: withUser(spec.https), noProxy: [...OWN_NAMES, ...spec.noProxy].join(',') };
}

/** Also what `encodeURIComponent` leaves as it is, and a shell or a proxy may not. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function signIn(proxy: GuestProxy | undefined): Readonly<Record<string, string>> {
  if (proxy?.spec.user === undefined) return {};
  const [user = '', password = ''] = SIGN_IN_NAMES;
  return { [user]: proxy.spec.user, [password]: proxy.password?.reveal() ?? '' };
}

function proxyFiles(proxy: GuestProxy, url: string): readonly string[] {
  const { spec } = proxy;
  const via = proxyOf(new URL(url), spec) ?? spec.https ?? spec.http ?? '';
  const { http: httpProxy, https: httpsProxy, noProxy } = addresses(proxy);
  const client = JSON.stringify({ proxies: { default: { httpProxy, httpsProxy, noProxy } } });
  return [
    ...agentFile('.proxy', [via]),
    ...agentFile('.proxybypass', spec.noProxy.map(agentPattern)),
    // One that the base has is its own: what its containers are told is for who made it to say.
    `if [ ! -e ${AGENT_USER.home}/.docker/config.json ]; then`,
    `  install -d -o ${AGENT_USER.uid} -g ${AGENT_USER.gid} -m 0700 ${AGENT_USER.home}/.docker`,
    ...agentFile('.docker/config.json', [client]),
    'fi',
  ];
}

function agentFile(name: string, lines: readonly string[]): readonly string[] {
  const path = `${AGENT_USER.home}/${name}`;
  const text = lines.length === 0 ? `: >${path}` : `printf '%s\\n' ${lines.map(quoted).join(' ')} >${path}`;
  return [text, `chown ${AGENT_USER.uid}:${AGENT_USER.gid} ${path}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
