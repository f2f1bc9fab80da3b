/** What the schema cannot say: which keys must be there, and which agree with which. */

import { isIP } from 'node:net';
import { checkAzureUrl } from './check-azure.js';
import { checkEnvironment } from './check-environment.js';
import { checkAgent, checkCounts, checkImages, checkListening, checkMade, checkSizes } from './check-pool.js';
import { checkTimeouts } from './check-timeouts.js';
import type { ConfigEnvironment } from './environment.js';
import { error, type Finding, type KeyPath, show, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { FileSettings } from './schema.js';

/** Checks a file whose keys are all of the right kind. */
export function checkFile(
  file: FileSettings,
  pools: readonly PoolEntry[],
  environment: ConfigEnvironment,
): readonly Finding[] {
  const host = file.incus?.url === undefined ? environment : undefined;
  return [
    ...checkPoolNames(file, pools),
    ...pools.flatMap(pool => [
      ...checkRequired(pool),
      ...checkCounts(pool),
      ...checkListening(pool),
      ...checkAgent(pool),
      ...checkMade(pool),
      ...checkTimeouts(pool),
      ...checkSizes(pool, host),
      ...checkEnvironment(pool),
      ...checkImages(pool),
      ...checkAzureUrl(pool),
    ]),
    ...checkIncus(file),
    ...checkSockets(file),
  ];
}

function checkPoolNames(file: FileSettings, pools: readonly PoolEntry[]): readonly Finding[] {
  if (file.pools === undefined) return [];
  const findings: Finding[] = [];
  if (file.name !== undefined) {
    findings.push(error(['name'], 'two pools cannot share a name', 'move it into the pool that it belongs to', 'key'));
  }
  const first = new Map<string, number>();
  for (const [index, pool] of pools.entries()) {
    const other = first.get(pool.name);
    if (file.pools[index]?.name === undefined) {
      findings.push(error(['pools', index, 'name'], 'is missing', 'give every pool a name, such as name: linux'));
    } else if (other === undefined) {
      first.set(pool.name, index);
    } else {
      findings.push(
        error(
          ['pools', index, 'name'],
          `pools[${other}] is already called ${show(pool.name)}`,
          'give each pool a name of its own',
        ),
      );
    }
  }
  return findings;
}

const REQUIRED = [
  [['agentCount'], 'write how many agents the pool may have, such as agentCount: 2'],
  [['baseImage'], 'write the image that agents are made from, such as baseImage: ubuntu/24.04'],
  [['azure', 'url'], 'write the URL of your organisation, such as url: https://dev.azure.com/contoso'],
  [['azure', 'pool'], 'write the name of an agent pool in Azure, such as pool: Default'],
  [['azure', 'pat'], 'write where the token is, such as pat: {file: /etc/incus-azure-pipelines/pat}'],
] as const;

function checkRequired(pool: PoolEntry): readonly Finding[] {
  const { agentCount, baseImage, azure } = pool.settings;
  const values = [agentCount, baseImage, azure?.url, azure?.pool, azure?.pat];
  return REQUIRED.flatMap(([keys, remedy], i) =>
    values[i] === undefined ? [error(pool.path(...keys), 'is missing', remedy)] : [],
  );
}

function checkIncus(file: FileSettings): readonly Finding[] {
  const { socket, url, clientCert, clientKey, serverCert } = file.incus ?? {};
  if (url === undefined) {
    const stray = Object.entries({ clientCert, clientKey, serverCert }).filter(([, value]) => value !== undefined);
    return stray.map(([name]) =>
      error(['incus', name], 'is of use only with a url', 'add url: https://HOST:8443, or delete it', 'key'),
    );
  }
  const findings: Finding[] = [];
  if (socket !== undefined) {
    findings.push(
      error(
        ['incus', 'socket'],
        'stands beside url, and Incus is reached one way only',
        'delete one of the two',
        'key',
      ),
    );
  }
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
    findings.push(error(['incus', 'url'], `${show(url)} is not an https URL`, 'write url: https://HOST:8443'));
  }
  for (const [name, value] of Object.entries({ clientCert, clientKey })) {
    if (value === undefined) {
      findings.push(
        error(
          ['incus', name],
          'is missing',
          `write the path of the PEM file, such as ${name}: /etc/incus-azure-pipelines/client.pem`,
        ),
      );
    }
  }
  return findings;
}

/** Linux keeps the path of a socket in 108 bytes, one of them for its end. */
const LONGEST_SOCKET_PATH = 107;

function checkSockets(file: FileSettings): readonly Finding[] {
  const findings: Finding[] = [];
  const sockets: readonly (readonly [KeyPath, string | undefined])[] = [
    [['controlSocket'], file.controlSocket],
    [['incus', 'socket'], file.incus?.socket],
  ];
  for (const [path, socket] of sockets) {
    if (socket !== undefined && Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
      findings.push(
        error(
          path,
          `has ${Buffer.byteLength(socket)} bytes, too many for a socket`,
          `use a path of at most ${LONGEST_SOCKET_PATH}`,
        ),
      );
    }
  }
  const listens = file.http === false ? undefined : file.http?.host;
  if (listens !== undefined && !isLoopback(listens)) {
    findings.push(
      warning(
        ['http', 'host'],
        `metrics on ${show(listens)} are open to other machines, without a password`,
        'keep 127.0.0.1 unless a firewall stands before it',
      ),
    );
  }
  return findings;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
