/** From the parsed file to the desired state: every default filled, every path absolute, nothing secret. */

import { resolve } from 'node:path';
import { gibToBytes, parseDuration } from '../lib/units.js';
import { identityPaths } from '../model/identity-paths.js';
import type {
  AgentSource,
  AzureTarget,
  BaseSpec,
  DaemonSpec,
  ImageServer,
  ImageSource,
  IncusTarget,
  NetworkSpec,
  PoolSpec,
} from '../model/pool.js';
import { prefixFromHostname } from './agent-prefix.js';
import { isForGuests } from './check-auth.js';
import { collectionUrl } from './check-azure.js';
import { mirrorOf, scriptOf } from './check-base.js';
import { DEFAULTS } from './defaults.js';
import { dockerSpec } from './docker.js';
import type { ConfigEnvironment } from './environment.js';
import { fittingsOf, toolVariable } from './fittings.js';
import { hostReserveOf } from './host-reserve.js';
import { parseImageName } from './image-name.js';
import type { PoolEntry } from './pool-entry.js';
import type { PoolSettings } from './pool-schema.js';
import { lookedUp, proxySpec } from './proxy.js';
import type { FileSettings } from './schema.js';
import { standbySpec } from './standby-spec.js';
import { parseTarget } from './target.js';

/** What else the desired state is made of. */
export interface Surroundings {
  readonly environment: ConfigEnvironment;
  /** Where relative paths start. */
  readonly directory: string;
  /** Texts of scripts and certificates by absolute path. */
  readonly contents: ReadonlyMap<string, string>;
  /** Last moments of the certificates that pools sign in with, by pool, epoch ms. */
  readonly certificateEnds: ReadonlyMap<string, number>;
  /** Own paths of the folders that guests are to see, by the path that is written. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Makes the desired state of a file that passed all checks. */
export function desiredState(file: FileSettings, pools: readonly PoolEntry[], around: Surroundings): DaemonSpec {
  const outside = outsideOf(file, around);
  const network = networkSpec(file.network ?? {});
  return {
    ...outside,
    project: file.projectName ?? DEFAULTS.projectName,
    pools: pools.map(pool => poolSpec(pool, around, { ...outside, network })),
    reconcileIntervalMs: file.reconcileInterval ?? ms(DEFAULTS.reconcileInterval),
    azurePollIntervalMs: file.azurePollInterval ?? ms(DEFAULTS.azurePollInterval),
    ...hostReserveOf(file),
    maxConcurrentCreates: file.maxConcurrentCreates ?? around.environment.cores,
    stateDirectory: file.stateDirectory ?? DEFAULTS.stateDirectory,
    controlSocketPath: file.controlSocket ?? DEFAULTS.controlSocket,
    http:
      file.http === false
        ? undefined
        : { host: file.http?.host ?? DEFAULTS.httpHost, port: file.http?.port ?? DEFAULTS.httpPort },
    incus: incusTarget(file, around.directory),
    network,
  };
}

/** How servers outside are reached, and who vouches for them. */
function outsideOf(file: FileSettings, around: Surroundings): Outside {
  const proxy = proxySpec(file);
  const files = file.caCertificates ?? [];
  const authorities = files.map(written => around.contents.get(resolve(around.directory, written)) ?? '');
  return { ...(proxy && { proxy }), ...(authorities.length === 0 ? {} : { authorities }) };
}

type Outside = Pick<DaemonSpec, 'proxy' | 'authorities'>;

function poolSpec(
  { name, settings }: PoolEntry,
  around: Surroundings,
  { authorities, network, proxy }: Outside & Pick<DaemonSpec, 'network'>,
): PoolSpec {
  const agentCount = settings.agentCount ?? 0;
  const path = (written: string) => resolve(around.directory, written);
  const looksUp = lookedUp(settings.azure?.url ?? '', proxy);
  return {
    name,
    ...(proxy && { proxy }),
    ...(looksUp === undefined ? {} : { looksUp }),
    azure: azureTarget(settings),
    ...tokenExpiry(settings, around.certificateEnds.get(name)),
    registration: registration(settings),
    agentCount,
    ...standbySpec(settings.standby, agentCount),
    reserve: agentCount === 0 ? 0 : (settings.reserve ?? DEFAULTS.reserve),
    reserveListening: settings.reserveListening ?? DEFAULTS.reserveListening,
    agentPrefix: settings.agentPrefix ?? prefixFromHostname(around.environment.hostname),
    base: {
      image: imageSource(settings, around),
      isMade: settings.baseMade ?? DEFAULTS.baseMade,
      provisionScripts: (settings.provisionScripts ?? []).map(scriptOf).map(script => ({
        path: path(script.path),
        content: around.contents.get(path(script.path)) ?? '',
        when: script.when,
      })),
      ...aptMirror(settings, around),
      ...dockerOf(settings, path),
      tmpfsSizeBytes: bytes(settings.tmpfsSizeInGb),
      agent: agentSource(settings, path),
      ...(authorities && { authorities }),
      // Another's network is what it is.
      ...(network.ipv6 && settings.networkName === undefined ? { ipv6: true } : {}),
      refreshMs: settings.baseRefresh === 'off' ? undefined : (settings.baseRefresh ?? ms(DEFAULTS.baseRefresh)),
    },
    instance: {
      cores: settings.maxCores,
      memoryBytes: bytes(settings.maxRamInGb),
      diskSizeBytes: bytes(settings.diskSizeInGb),
      maxProcesses: settings.maxProcesses ?? DEFAULTS.maxProcesses,
    },
    ...fittingsOf(settings, around.folders),
    environment: { ...toolVariable(settings), ...texts(settings.env) },
    ...(settings.workFolder === undefined ? {} : { workFolder: settings.workFolder }),
    ...(settings.capabilities === undefined ? {} : { capabilities: texts(settings.capabilities) }),
    timeouts: {
      preparationMs: settings.preparationTimeout ?? ms(DEFAULTS.preparationTimeout),
      startupGraceMs: settings.startupGracePeriod ?? ms(DEFAULTS.startupGracePeriod),
      offlineGraceMs: settings.offlineGracePeriod ?? ms(DEFAULTS.offlineGracePeriod),
      idleMs: settings.idleTimeout ?? ms(DEFAULTS.idleTimeout),
      powerOffMs: settings.powerOffTimeout ?? ms(DEFAULTS.powerOffTimeout),
      maxJobMs: settings.maxJobDuration,
      orphanGraceMs: settings.orphanGracePeriod ?? ms(DEFAULTS.orphanGracePeriod),
    },
  };
}

/** Whether there is docker, and what it is given beyond what all are. */
function dockerOf(
  { docker }: PoolSettings,
  path: (written: string) => string,
): Pick<BaseSpec, 'docker' | 'dockerSpec'> {
  const spec = dockerSpec(docker, path);
  return {
    docker: spec !== undefined,
    ...(spec === undefined || typeof docker !== 'object' ? {} : { dockerSpec: spec }),
  };
}

function agentSource({ agentPackage, agentVersion }: PoolSettings, path: (written: string) => string): AgentSource {
  if (agentPackage !== undefined) return { kind: 'file', path: path(agentPackage) };
  const version = agentVersion ?? DEFAULTS.agentVersion;
  return version === 'latest' ? { kind: 'latest' } : { kind: 'version', version };
}

function aptMirror(settings: PoolSettings, { contents, directory }: Surroundings): Pick<BaseSpec, 'aptMirror'> {
  const { components, key, securityUrl, suites, url } = mirrorOf(settings) ?? {};
  if (url === undefined) return {};
  const text = key === undefined ? undefined : contents.get(resolve(directory, key));
  return { aptMirror: { url, securityUrl, suites, components, key: text } };
}

function azureTarget({ azure }: PoolSettings): AzureTarget {
  return { url: collectionUrl(azure?.url ?? ''), agentPool: azure?.pool ?? '' };
}

/** It holds until the day has begun, wherever that is later. */
function tokenExpiry({ azure }: PoolSettings, certificateEnds: number | undefined): Pick<PoolSpec, 'tokenExpiresAt'> {
  const day = azure?.patExpires ?? azure?.auth?.servicePrincipal?.secretExpires;
  const tokenExpiresAt = day === undefined ? certificateEnds : Date.parse(`${day}T00:00:00Z`);
  return tokenExpiresAt === undefined ? {} : { tokenExpiresAt };
}

/** What no guest can sign in with, or say of itself, leaves no choice. */
function registration({
  azure,
  capabilities,
  registration: written = DEFAULTS.registration,
}: PoolSettings): PoolSpec['registration'] {
  const isForHost = capabilities !== undefined || !isForGuests(azure?.auth);
  return written === 'auto' && isForHost ? 'host' : written;
}

function texts(map: PoolSettings['env'] = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]));
}

function imageSource(settings: PoolSettings, around: Surroundings): ImageSource {
  const { remote, alias } = parseImageName(settings.baseImage ?? '');
  if (remote === 'local' || remote === 'instance') return { kind: remote, alias };
  const named = remote === undefined || remote === 'images' ? settings.imageServer : settings.remotes?.[remote];
  const server: ImageServer = {
    url: collectionUrl(named?.url ?? DEFAULTS.imageServerUrl),
    protocol: named?.protocol ?? DEFAULTS.imageProtocol,
    certificate:
      named?.certificate === undefined ? undefined : around.contents.get(resolve(around.directory, named.certificate)),
  };
  return { kind: remote === undefined ? 'any' : 'server', alias, server };
}

/** What is not named is where `setup` puts it. */
function incusTarget({ incus = {}, stateDirectory }: FileSettings, directory: string): IncusTarget {
  const { socket, url, certificate, key, serverCertificate } = incus;
  if (url === undefined)
    return { kind: 'unix', socketPath: socket === undefined ? undefined : resolve(directory, socket) };
  return {
    kind: 'https',
    url: collectionUrl(url),
    ...(certificate === undefined || key === undefined
      ? identityPaths(stateDirectory ?? DEFAULTS.stateDirectory)
      : {
          certificatePath: resolve(directory, certificate),
          keyPath: resolve(directory, key),
          serverCertificatePath: undefined,
        }),
    ...(serverCertificate === undefined ? {} : { serverCertificatePath: resolve(directory, serverCertificate) }),
  };
}

function networkSpec({ allow = [], address, ...families }: NonNullable<FileSettings['network']>): NetworkSpec {
  const { ipv4 = DEFAULTS.networkIpv4, ipv6 = DEFAULTS.networkIpv6 } = families;
  return { allow: allow.flatMap(written => parseTarget(written) ?? []), ipv4, ipv6, address };
}

function bytes(gib: number | undefined): number | undefined {
  return gib === undefined ? undefined : gibToBytes(gib);
}

function ms(written: string): number {
  return parseDuration(written) ?? 0;
}
