/** Goes through all checks in their order: each fact is gathered once, then judged. */
import type { Identities } from '../lib/identity/identities.js';
import type { WayOut } from '../lib/way-out.js';
import { azureKey, type DaemonSpec } from '../model/pool.js';
import { openIncus } from '../observe/clients.js';
import { isThisHost, mostInstances } from '../observe/host-limits.js';
import { instanceCeiling } from '../plan/target.js';
import { checkAzure } from './check-azure.js';
import { checkDaemon } from './check-daemon.js';
import { checkFlaws, checkReachable, checkServer } from './check-incus.js';
import { checkFirewall, checkNetwork } from './check-network.js';
import { checkHost, checkOwner, checkProject, checkStorage } from './check-project.js';
import { factOf } from './fact-of.js';
import type { BaseFacts, DaemonFact } from './facts.js';
import { type Finding, grey, red } from './finding.js';
import { gatherAzure } from './gather-azure.js';
import type { SignIns } from './gather-guest.js';
import { gatherHost } from './gather-host.js';
import { findLxd, gatherProject, gatherServer } from './gather-incus.js';
import type { Place } from './proofs/proof.js';
import { type Prover, placeOf, prove } from './proofs/prove.js';
import { findPlace, tryGuests } from './try-guests.js';

export interface DiagnosisParts {
  readonly spec: DaemonSpec;
  readonly identities: Identities;
  /** The way to the servers. */
  readonly wayOut: WayOut;
  /** What the daemon says of itself. */
  readonly askDaemon: () => Promise<DaemonFact>;
  /** Hears of proofs; without it none is tried. */
  readonly prover?: Prover & { readonly onPlace: (place: Place) => void };
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
  const signIns = yield* checkServers(parts, architecture, project.bases, signal);
  const place = yield* findPlace({ incus, spec, project, host, wayOut: parts.wayOut }, signal);
  if (place !== undefined) yield* tryGuests(place, signIns, signal);
  else yield checkFirewall(host, undefined, project.network?.name);
  if (parts.prover !== undefined) {
    parts.prover.onPlace(placeOf(server.value, project, host));
    if (place === undefined) yield grey('proofs', 'there is nothing to make guests from');
    else yield* prove(place, parts.prover, signal);
  }
  yield* checkRunning(parts, signal);
}

async function* checkWithoutIncus(parts: DiagnosisParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const why = 'Incus cannot be asked';
  yield grey('incus-project', why);
  yield* checkWithoutProject(parts, why, signal);
}

async function* checkWithoutProject(parts: DiagnosisParts, why: string, signal: AbortSignal): AsyncGenerator<Finding> {
  yield* checkServers(parts, undefined, [], signal);
  yield grey('guest-made', why);
  yield* checkRunning(parts, signal);
}

async function* checkRunning({ askDaemon }: DiagnosisParts, signal: AbortSignal): AsyncGenerator<Finding> {
  const daemon = await factOf(askDaemon(), signal);
  yield* checkDaemon(daemon.known ? daemon.value : { kind: 'failing', error: daemon.error });
}

/** Returns where agents of the servers sign in, as far as that was told. */
async function* checkServers(
  { spec, identities, wayOut }: DiagnosisParts,
  architecture = 'x86_64',
  bases: readonly BaseFacts[],
  signal: AbortSignal,
): AsyncGenerator<Finding, SignIns> {
  const signIns = new Map<string, string>();
  const keys = new Set(spec.pools.map(pool => azureKey(pool.azure)));
  for (const key of keys) {
    const pools = spec.pools.filter(pool => azureKey(pool.azure) === key);
    const identity = identities.of(pools[0]?.name ?? '');
    const configured = spec.pools
      .filter(({ azure }) => azure.url === pools[0]?.azure.url)
      .map(pool => pool.azure.agentPool);
    const question = { pools, identity, wayOut, configured, stateDirectory: spec.stateDirectory, architecture };
    const gathered = await factOf(gatherAzure(question, signal), signal);
    if (!gathered.known) {
      yield red('azure-server', {
        what: `pool ${pools[0]?.name} cannot ask its server: ${gathered.error}`,
        remedy: 'correct azure.url in the configuration, and call "doctor" again',
      });
      continue;
    }
    const facts = gathered.value;
    const { signsInAt } = facts;
    if (signsInAt !== undefined) for (const { azure } of pools) signIns.set(azure.url, signsInAt);
    // Where there are several, each says which one it is about.
    const about = keys.size === 1 ? '' : `${facts.url}, "${facts.agentPool}": `;
    const own = bases.filter(base => pools.some(({ name }) => base.pools.includes(name)));
    for (const finding of checkAzure(facts, own)) yield { ...finding, says: `${about}${finding.says}` };
  }
  return signIns;
}
