/** The `azure` part of a pool: that it is whole, and that its URL is one of an organisation. */

import { BlockList, isIP } from 'node:net';
import { error, type Finding, type KeyPath, show, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

/** Tells what is wrong with the URL that a pool's agents register at. */
export function checkAzureUrl(pool: PoolEntry): readonly Finding[] {
  const written = pool.settings.azure?.url;
  if (written === undefined) return [];
  const path = pool.path('azure', 'url');
  const placeholder = /<[^>]*>/.exec(written)?.[0];
  if (placeholder !== undefined) {
    return [
      error(
        path,
        `still holds the placeholder ${show(placeholder)}`,
        "put your organisation's name in its place, without the angle brackets",
      ),
    ];
  }
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    // Text before an @ may be a token: such a URL is not shown.
    const shown = written.includes('@') ? 'this' : show(written);
    return [error(path, `${shown} is not an https URL`, 'write url: https://dev.azure.com/ORGANISATION')];
  }
  if (url.username !== '' || url.password !== '') {
    return [
      error(
        path,
        'holds a user name or a token',
        'delete everything between "//" and "@", and put the token under "pat:"',
      ),
    ];
  }
  const found = [...checkOrganisation(url, path), ...checkRest(url, path)];
  // One at a time: each of them says how the whole is to be written.
  const wrong = found.find(({ severity }) => severity === 'error');
  return [...(wrong === undefined ? found : [wrong]), ...checkPrivacy(url, path)];
}

/** A collection URL as the clients want it: without the slash at its end. */
export function collectionUrl(written: string): string {
  return written.replace(/\/+$/, '');
}

function checkOrganisation(url: URL, path: KeyPath): readonly Finding[] {
  const segments = url.pathname.split('/').filter(segment => segment !== '');
  const first = segments[0];
  if (url.hostname === 'dev.azure.com') {
    if (first === undefined) {
      return [error(path, 'names no organisation', `write url: ${url.origin}/ORGANISATION`)];
    }
    if (segments.length > 1) {
      return [
        error(
          path,
          `says more than the organisation: ${show(segments.slice(1).join('/'))}`,
          `agents belong to the organisation, not to a project: write url: ${url.origin}/${first}`,
        ),
      ];
    }
    return [];
  }
  if (url.hostname.endsWith('.visualstudio.com')) {
    const collection = first?.toLowerCase() === 'defaultcollection' ? 1 : 0;
    if (segments.length <= collection) return [];
    return [
      error(
        path,
        `says more than the organisation: ${show(segments.slice(collection).join('/'))}`,
        `agents belong to the organisation, not to a project: write url: ${url.origin}`,
      ),
    ];
  }
  if (first === undefined)
    return [
      warning(path, 'names no collection', `Azure DevOps Server needs one, as in ${url.origin}/DefaultCollection`),
    ];
  // What begins with an underscore is a page, as a browser shows it. A project cannot be told from a collection here.
  const page = segments.findIndex(segment => segment.startsWith('_'));
  if (page === -1) return [];
  return [
    error(
      path,
      `says more than the collection: ${show(segments.slice(page).join('/'))}`,
      `write url: ${[url.origin, ...segments.slice(0, page)].join('/')}`,
    ),
  ];
}

function checkRest(url: URL, path: KeyPath): readonly Finding[] {
  if (url.search === '' && url.hash === '') return [];
  return [error(path, 'has a part behind "?" or "#"', `write url: ${url.origin}${url.pathname}`)];
}

function checkPrivacy(url: URL, path: KeyPath): readonly Finding[] {
  if (url.protocol === 'https:' || isPrivateHost(url.hostname)) return [];
  return [
    warning(
      path,
      'uses http, so the token crosses the network in clear',
      `write url: https://${url.host}${url.pathname}`,
    ),
  ];
}

const PRIVATE_NETWORKS = new BlockList();
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  PRIVATE_NETWORKS.addSubnet(net, bits, 'ipv4');
}
PRIVATE_NETWORKS.addAddress('::1', 'ipv6');
PRIVATE_NETWORKS.addSubnet('fc00::', 7, 'ipv6');
PRIVATE_NETWORKS.addSubnet('fe80::', 10, 'ipv6');

function isPrivateHost(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(address);
  if (version !== 0) return PRIVATE_NETWORKS.check(address, version === 6 ? 'ipv6' : 'ipv4');
  return !address.includes('.') || /\.(?:localhost|local|internal|lan|test|home\.arpa)$/.test(address);
}
