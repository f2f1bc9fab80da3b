/** What the schema cannot say: which keys must be there, and which agree with which. */

import { isLoopback } from '../lib/loopback.js';
import { checkAuth } from './check-auth.js';
import { checkAzureUrl } from './check-azure.js';
import { checkMirror, checkScripts } from './check-base.js';
import { checkDocker } from './check-docker.js';
import { checkEnvironment } from './check-environment.js';
import { checkFittings } from './check-fittings.js';
import { checkHostReserve } from './check-host-reserve.js';
import { checkIncus, isThisHost } from './check-incus.js';
import { checkNetwork } from './check-network.js';
import {
  checkAgent,
  checkCapabilities,
  checkCounts,
  checkImages,
  checkListening,
  checkMade,
  checkSizes,
} from './check-pool.js';
import { checkProxy } from './check-proxy.js';
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
  const host = isThisHost(file) ? environment : undefined;
  return [
    ...checkPoolNames(file, pools),
    ...pools.flatMap(pool => [
      ...checkRequired(pool),
      ...checkCounts(pool),
      ...checkListening(pool),
      ...checkCapabilities(pool),
      ...checkAgent(pool),
      ...checkMade(pool),
      ...checkScripts(pool),
      ...checkMirror(pool),
      ...checkTimeouts(pool),
      ...checkSizes(pool, host),
      ...checkEnvironment(pool),
      ...checkImages(pool),
      ...checkFittings(pool),
      ...checkDocker(pool),
      ...checkAzureUrl(pool),
      ...checkAuth(pool),
    ]),
    ...checkIncus(file),
    ...checkHostReserve(file, pools, host),
    ...checkNetwork(file),
    ...checkProxy(file, pools),
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

const AUTH = ['azure', 'auth'];

function checkRequired(pool: PoolEntry): readonly Finding[] {
  const { agentCount, baseImage, azure } = pool.settings;
  const values = [agentCount, baseImage, azure?.url, azure?.pool, azure?.pat ?? azure?.auth];
  return REQUIRED.flatMap(([keys, remedy], i) =>
    values[i] === undefined
      ? [{ ...error(pool.path(...keys), 'is missing', remedy), ...(keys[1] === 'pat' ? { instead: AUTH } : {}) }]
      : [],
  );
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
        `the page and metrics on ${show(listens)} are open to other machines, without a password`,
        'keep 127.0.0.1 unless a firewall stands before it',
      ),
    );
  }
  return findings;
}
