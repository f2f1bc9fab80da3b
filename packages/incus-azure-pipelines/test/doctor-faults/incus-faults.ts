/** What may be wrong with an Incus, its project, its storage and its host. */
import { checkFlaws, checkReachable, checkServer } from '../../src/doctor/check-incus.js';
import { checkHost, checkOwner, checkProject, checkStorage } from '../../src/doctor/check-project.js';
import type { HostFacts, ProjectFacts, ServerFact } from '../../src/doctor/facts.js';
import type { Finding } from '../../src/doctor/finding.js';
import { aHost, aProject, aServer, OWNER_ID } from '../doctor-facts.js';
import { aPool } from '../simulation/examples.js';
import type { Fault } from './fault.js';

const GIB = 2 ** 30;
/** Those that are configured. */
export const POOLS = [aPool({ agentCount: 4, instance: { ...aPool().instance, memoryBytes: 4 * GIB } })];

/** Everything that is judged of an Incus, its project and its host. */
export function judgedIncus(
  given: {
    readonly server?: ServerFact;
    readonly package?: string;
    readonly lxdSocket?: string;
    readonly host?: Partial<HostFacts>;
    readonly project?: Partial<ProjectFacts>;
  } = {},
): readonly Finding[] {
  const server = given.server ?? ({ known: true, value: aServer() } as const);
  const host = aHost(given.host);
  const project = aProject(given.project);
  return [
    checkReachable(server, given.lxdSocket),
    ...(server.known ? judgedServer(server.value, given.package) : []),
    ...checkProject(project, POOLS),
    checkOwner(project),
    ...checkStorage(project),
    ...checkHost(host, project, POOLS),
  ];
}

/** Of one that cannot be worked with, flaws are not looked for. */
function judgedServer(info: ReturnType<typeof aServer>, debianPackage: string | undefined): readonly Finding[] {
  const version = checkServer(info);
  if (version.colour === 'red') return [version];
  return [version, checkFlaws(info.environment?.server_version ?? '', debianPackage)];
}

const unreached = (error: string, kind = 'unreachable' as const): ServerFact => ({ known: false, error, kind });
const { environment: _, ...untrusted } = aServer();
const isNew: ServerFact = { known: true, value: aServer({ server_version: '7.3.0' }) };

const TABLE: readonly (readonly [string, Parameters<typeof judgedIncus>[0], RegExp])[] = [
  [
    'a pool names what is not there',
    {
      server: isNew,
      project: { lacking: [{ what: 'pool "a" asks for network "ci"', remedy: 'correct networkName' }] },
    },
    /^red fittings: pool "a" asks for network "ci" -> correct networkName$/,
  ],
  [
    'a restricted project does not let in what a pool asks for',
    { server: isNew, project: { config: { restricted: 'true', 'restricted.networks.access': 'other' } } },
    /^red fittings: project "azure-pipelines" does not let in .*: restricted\.networks\.access lacks incusbr0 -> call "setup" again/,
  ],
  [
    'Incus does not run',
    { server: unreached('ask the server: connect ENOENT /var/lib/incus/unix.socket') },
    /^red incus-reachable: .*ENOENT.* -> start it/,
  ],
  [
    'LXD is there and Incus is not',
    { server: unreached('connect ENOENT /var/lib/incus/unix.socket'), lxdSocket: '/var/lib/lxd/unix.socket' },
    /^red incus-reachable: .*there is LXD at \/var\/lib\/lxd.* -> install Incus: LXD cannot/,
  ],
  [
    'the user may not',
    { server: unreached('ask the server: connect EACCES /var/lib/incus/unix.socket') },
    /^red incus-reachable: .* -> run this as root/,
  ],
  [
    'Incus hangs',
    { server: { known: false, error: 'no answer within 15000 ms', kind: 'timeout' } },
    /^red incus-reachable: .* -> Incus hangs/,
  ],
  [
    'a certificate is not that of Incus',
    { server: unreached('self-signed certificate') },
    /^red incus-reachable: .* -> let "setup" make/,
  ],
  [
    'LXD answers',
    { server: { known: true, value: aServer({ server: 'lxd', server_version: '5.21' }) } },
    /^red incus-version: .*"lxd" -> install Incus: LXD cannot/,
  ],
  [
    'the client is not trusted',
    { server: { known: true, value: untrusted } },
    /^red incus-version: what answers does not trust/,
  ],
  [
    'Incus is too old',
    { server: { known: true, value: { ...aServer(), api_extensions: ['projects'] } } },
    /^red incus-version: .* too old: it lacks .* -> install 6\.0/,
  ],
  [
    'Incus has flaws',
    { server: { known: true, value: aServer({ server_version: '6.0.4' }) } },
    /^yellow incus-flaws: .*20 flaws.*jobs can use CVE-2025-54288/,
  ],
  [
    'the package has flaws',
    { package: '6.0.4-2+deb13u4', server: { known: true, value: aServer({ server_version: '6.0.4' }) } },
    /^yellow incus-flaws: Incus 6\.0\.4-2\+deb13u4 has 17 flaws/,
  ],
  [
    'there is no project',
    { server: isNew, project: { devices: undefined } },
    /^red incus-project: Incus has no project "azure-pipelines" -> make it with: incus-azure-pipelines setup/,
  ],
  [
    'the project is hidden from this client',
    { server: isNew, project: { isHidden: true, devices: undefined } },
    /^red incus-project: .* or none that this client may use -> make it with: incus-azure-pipelines setup/,
  ],
  [
    'there is no root disk',
    { server: isNew, project: { devices: { eth0: { type: 'nic' } } } },
    /^red root-disk: .* -> add one with: incus profile device add/,
  ],
  [
    'there is no network',
    { server: isNew, project: { devices: { root: { type: 'disk', path: '/' } } } },
    /^red network-device: .* -> add one/,
  ],
  [
    'the project is too small',
    { server: isNew, project: { config: { 'limits.instances': '3' } } },
    /^yellow project-limits: the project takes 3 instances, and there may be 7/,
  ],
  [
    'the project is too small for containers',
    { server: isNew, project: { config: { 'limits.instances': '50', 'limits.containers': '4' } } },
    /^yellow project-limits: the project takes 4 instances.* -> .*raise limits\.containers/,
  ],
  [
    'the state directory was lost',
    { server: isNew, project: { ownerId: { known: true, value: 'f'.repeat(32) } } },
    new RegExp(`^yellow state-directory: .*${OWNER_ID}.* -> .*"adopt"`),
  ],
  [
    'the storage copies whole',
    { server: isNew, project: { storage: { pool: 'slow', driver: 'dir', copiesOnWrite: false } } },
    /^yellow copy-on-write: storage pool "slow" \(dir\)/,
  ],
  [
    'the storage is nearly full',
    { server: isNew, project: { room: { usedBytes: 90 * GIB, totalBytes: 100 * GIB } } },
    /^yellow storage-room: .*10 GiB left of 100 GiB/,
  ],
  [
    'what is left of a small storage may be of no use',
    { server: isNew, project: { room: { usedBytes: 2.5 * GIB, totalBytes: 3 * GIB } } },
    /^yellow storage-room: .*0\.5 GiB left of 3 GiB/,
  ],
  [
    'the storage is full',
    { server: isNew, project: { room: { usedBytes: 99 * GIB, totalBytes: 100 * GIB } } },
    /^red storage-room: .*1 GiB left/,
  ],
  [
    'root has too few ids',
    { server: isNew, project: { isolatedMaps: 2 } },
    /^yellow user-ids: .*for 2 instances .* -> give root a larger range/,
  ],
  [
    'mounts cannot map ids',
    { server: isNew, project: { isolatedMaps: 0 } },
    /^yellow user-ids: .*the kernel cannot map/,
  ],
  [
    'inotify is too small',
    { server: isNew, host: { inotify: 32 } },
    /^red inotify: .* is 32, and 6 guests need 60.* -> raise it/,
  ],
  [
    'agents may take more than the memory',
    { server: isNew, host: { memoryBytes: 8 * GIB } },
    /^yellow host-memory: agents may take 16 GiB together, and the host has 8 GiB/,
  ],
];

/** Each alone where all else is well. */
export const INCUS_FAULTS: readonly Fault[] = TABLE.map(([name, given, says]) => [name, judgedIncus(given), [says]]);
