/** Goes through all checks in their order: each fact is gathered once, then judged. */
import type { IncusClient } from 'incus-client';
import type { Identities } from '../lib/identity/identities.js';
import { azureKey, type DaemonSpec } from '../model/pool.js';
import { openIncus } from '../observe/clients.js';
import { isThisHost, mostInstances } from '../observe/host-limits.js';
import { isolationObstacle } from '../observe/id-maps.js';
import { instanceCeiling } from '../plan/target.js';
import { checkAzure } from './check-azure.js';
import { checkDaemon } from './check-daemon.js';
import { checkGuest, checkLeft, getsThrough } from './check-guest.js';
import { checkFlaws, checkReachable, checkServer } from './check-incus.js';
import { checkFirewall, checkNetwork } from './check-network.js';
import { checkHost, checkOwner, checkProject, checkStorage } from './check-project.js';
import { factOf } from './fact-of.js';
import type { BaseFacts, DaemonFact, HostFacts, ProjectFacts } from './facts.js';
import { type Finding, grey, red } from './finding.js';
import { gatherAzure } from './gather-azure.js';
import { gatherGuest, guestSource, type TriedGuest } from './gather-guest.js';
import { gatherHost } from './gather-host.js';
import { findLxd, gatherProject, gatherServer } from './gather-incus.js';
import { reachedServers } from './reached-servers.js';

export interface DiagnosisParts {
  readonly spec: DaemonSpec;
  readonly identities: Identities;
  /** What the daemon says of itself. */
  readonly askDaemon: () => Promise<DaemonFact>;
}

/**
 * Finds what is wrong, thing by thing, as each is known. Nothing that it made is left, also when the signal aborts.
 *
 * @throws the reason of an abort.
 */
export async function* diagnose(parts: DiagnosisParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const { spec } = parts;
  const opened = await factOf(
    openIncus(spec, () => {}),
    signal,
  );
  if (!opened.known) {
    yield red('incus-reachable', { what: opened.error, remedy: 'let "setup" make the certificate of the daemon' });
    yield* checkWithoutIncus(parts, signal);
    return;
  }
  await using incus = opened.value;
  const server = await gatherServer(incus, signal);
  yield checkReachable(server, server.known || !isThisHost(spec.incus) ? undefined : await findLxd());
  if (!server.known) return yield* checkWithoutIncus(parts, signal);
  const version = checkServer(server.value);
  yield version;
  if (version.colour === 'red') return yield* checkWithoutIncus(parts, signal);
  const host = await gatherHost(spec, signal);
  const debianPackage = host.isIncusHost ? host.incusPackage : undefined;
  yield checkFlaws(server.value.environment?.server_version ?? '', debianPackage);
  const found = await factOf(gatherProject(incus, server.value, spec, signal), signal);
  if (!found.known) {
    yield red('incus-project', {
      what: `the project cannot be read: ${found.error}`,
      remedy: 'see journalctl -u incus, and call "doctor" again',
    });
    return yield* checkWithoutProject(parts, 'the project was not read', signal);
  }
  const project = found.value;
  yield* checkProject(project, spec.pools);
  yield checkOwner(project);
  yield* checkStorage(project);
  yield* checkHost(host, project, spec.pools);
  yield* checkNetwork(project, host, mostInstances(spec.pools, instanceCeiling));
  const architecture = server.value.environment?.architectures[0];
  yield* checkServers(parts, architecture, project.base, signal);
  yield* checkInGuest(incus, spec, project, host, signal);
  yield* checkRunning(parts, signal);
}

async function* checkWithoutIncus(parts: DiagnosisParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const why = 'Incus cannot be asked';
  yield grey('incus-project', why);
  yield* checkWithoutProject(parts, why, signal);
}

async function* checkWithoutProject(parts: DiagnosisParts, why: string, signal: AbortSignal): AsyncGenerator<Finding> {
  yield* checkServers(parts, undefined, undefined, signal);
  yield grey('guest-made', why);
  yield* checkRunning(parts, signal);
}

async function* checkRunning({ askDaemon }: DiagnosisParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const daemon = await factOf(askDaemon(), signal);
  yield* checkDaemon(daemon.known ? daemon.value : { kind: 'failing', error: daemon.error });
}

async function* checkServers(
  { spec, identities }: DiagnosisParts,
  architecture = 'x86_64',
  base: BaseFacts | undefined,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const keys = new Set(spec.pools.map(pool => azureKey(pool.azure)));
  for (const key of keys) {
    const pools = spec.pools.filter(pool => azureKey(pool.azure) === key);
    const identity = identities.of(pools[0]?.name ?? '');
    const configured = spec.pools
      .filter(({ azure }) => azure.url === pools[0]?.azure.url)
      .map(pool => pool.azure.agentPool);
    const question = { pools, identity, configured, stateDirectory: spec.stateDirectory, architecture };
    const gathered = await factOf(gatherAzure(question, signal), signal);
    if (!gathered.known) {
      yield red('azure-server', {
        what: `pool ${pools[0]?.name} cannot ask its server: ${gathered.error}`,
        remedy: 'correct azure.url in the configuration, and call "doctor" again',
      });
      continue;
    }
    const facts = gathered.value;
    // Where there are several, each says which one it is about.
    const about = keys.size === 1 ? '' : `${facts.url}, "${facts.agentPool}": `;
    for (const finding of checkAzure(facts, base)) yield { ...finding, says: `${about}${finding.says}` };
  }
}

async function* checkInGuest(
  incus: IncusClient,
  spec: DaemonSpec,
  project: ProjectFacts,
  host: HostFacts,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const tried = await tryGuest(incus, spec, project, signal);
  const guest = tried?.guest;
  yield* checkLeft(tried?.left ?? [], spec.project);
  signal.throwIfAborted();
  // Where Incus is elsewhere, what this host can says nothing of its guests.
  const servers = guest?.known && host.isIncusHost ? guest.value.servers : [];
  const reached = await reachedServers(servers, signal);
  if (guest === undefined)
    yield grey(
      'guest-made',
      project.devices === undefined
        ? 'there is no project to make one in'
        : 'there is neither a base nor a local image to make one from: "base build"',
    );
  else yield* checkGuest(guest, { host, network: project.network, reached });
  yield checkFirewall(host, guest && getsThrough(guest, reached), project.network?.name);
}

async function tryGuest(
  incus: IncusClient,
  spec: DaemonSpec,
  project: ProjectFacts,
  signal: AbortSignal,
): Promise<TriedGuest | undefined> {
  if (project.devices === undefined) return undefined;
  const source = await factOf(guestSource(incus, spec, project, signal), signal);
  if (!source.known) return { guest: { ...source, kind: 'unmade' }, left: [] };
  const off = isolationObstacle(project.isolatedMaps, mostInstances(spec.pools, instanceCeiling));
  return source.value && (await gatherGuest(incus, source.value, { ...spec, network: project.network }, off, signal));
}
