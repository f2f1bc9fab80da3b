/** Makes two guests as agents are made, and has all proofs tried in them. */
import type { ServerInfo } from 'incus-client';
import type { OnProgress } from '../../model/progress.js';
import { nicIn } from '../../observe/fitness.js';
import { placeTool } from '../attacks/guests.js';
import { checkLeft } from '../check-guest.js';
import { addressesOf as leasable } from '../check-network.js';
import { settled } from '../fact-of.js';
import type { HostFacts, ProjectFacts } from '../facts.js';
import { type Finding, grey } from '../finding.js';
import { awaitAddresses, BOOT_MS, insideOf } from '../gather-guest.js';
import { bootScript } from '../guest-scripts.js';
import { agentSources } from '../guest-sources.js';
import { type GuestSource, inTwoThrowAwayGuests } from '../throw-away-guest.js';
import type { GuestPlace } from '../try-guests.js';
import { findingsOf } from './judge-proof.js';
import { gatewayOf } from './own-addresses.js';
import { type Place, type Proof, type ProofKind, untried } from './proof.js';
import { proveDocker } from './prove-docker.js';
import { proveIsolation } from './prove-isolation.js';
import { proveLimits } from './prove-limits.js';
import { proveMemory } from './prove-memory.js';
import type { ProofScene } from './scene.js';

/** Who hears of proofs while they are tried. */
export interface Prover {
  readonly onProgress: OnProgress;
  readonly onProof: (proof: Proof) => void;
}

/** In this order: what takes memory comes last. */
const KINDS: readonly ProofKind[] = ['docker', 'isolation', 'limits', 'memory'];
const STEPS: Readonly<Record<ProofKind, string>> = {
  docker: 'docker builds, runs and composes',
  isolation: 'attacks the kernel, the host and a neighbour',
  limits: 'takes more than its limits',
  memory: 'takes all of its memory',
};

/** For each base and each shape of instance that pools have. Leaves nothing, also when the signal aborts; tells what did not go. */
export async function* prove(place: GuestPlace, prover: Prover, signal: AbortSignal): AsyncGenerator<Finding> {
  const sources = agentSources(place.sources);
  const of = sources.length * (KINDS.length + 1);
  let step = 0;
  if (sources.length === 0) yield grey('proofs', 'there is no base to make guests from: "base build"');
  for (const source of sources) {
    const begin = (text: string) =>
      prover.onProgress({ kind: 'step', text: `${source.from}: ${text}`, step: ++step, of });
    begin('makes two guests');
    const proofs: Proof[] = [];
    const told = (kind: ProofKind, trials: Proof['trials']) => {
      const proof = { kind, from: source.from, pools: source.pools.map(({ name }) => name), trials };
      proofs.push(proof);
      prover.onProof(proof);
    };
    const { left, seen } = await inTwoThrowAwayGuests(
      place.incus,
      source,
      place.isolationOff,
      async (attacker, victim) => {
        const scene = await awaitScene(place, source, [attacker, victim], signal);
        for (const kind of KINDS) {
          begin(STEPS[kind]);
          told(kind, await trialsOf(kind, scene, place.project));
        }
      },
      place.clock,
    );
    yield* checkLeft(left, place.spec.project);
    signal.throwIfAborted();
    const failed = seen.known ? undefined : seen.error;
    for (const kind of KINDS)
      if (!proofs.some(proof => proof.kind === kind)) told(kind, untried(['two guests side by side'], failed ?? ''));
    for (const proof of proofs) yield* findingsOf(proof);
  }
}

async function awaitScene(
  { clock, host, incus, project, spec }: GuestPlace,
  source: GuestSource,
  [attacker, victim]: readonly [string, string],
  signal: AbortSignal,
): Promise<ProofScene> {
  const { network } = project;
  const nic = nicIn(project.devices ?? {});
  const bridge = nic?.network ?? nic?.parent;
  const givesIpv4 = network !== undefined && leasable(network.config) !== undefined;
  const wantsIpv4 = givesIpv4 || (host.isIncusHost && bridge !== undefined && gatewayOf(bridge) !== undefined);
  for (const name of [attacker, victim]) {
    const addresses = await awaitAddresses(() => incus.instances.state(name, { signal }), wantsIpv4, clock, signal);
    if (addresses.length === 0) throw new Error(`guest ${name} got no address`);
    await insideOf(incus, name, signal)(bootScript, BOOT_MS);
    await placeTool(incus, name, signal);
  }
  signal.throwIfAborted();
  const { allow } = spec.network;
  const about = { incus, project: spec.project, bridge, host, allow, signal };
  return { ...about, attacker, victim, spec: source.spec, hasDocker: source.docker };
}

/** What one came to; where it ended before its time, that is told in the place of the rest. */
async function trialsOf(kind: ProofKind, scene: ProofScene, { room }: ProjectFacts): Promise<Proof['trials']> {
  const roomBytes = room && room.totalBytes - room.usedBytes;
  const tried = {
    docker: () => proveDocker(scene),
    isolation: () => proveIsolation(scene),
    limits: () => proveLimits(scene, roomBytes),
    memory: () => proveMemory(scene),
  };
  const trials = await settled(tried[kind]());
  scene.signal.throwIfAborted();
  return trials.known ? trials.value : untried([STEPS[kind]], trials.error);
}

/** Where all of it is tried, by what Incus says of itself and of its host. */
export function placeOf({ environment }: ServerInfo, { network, storage }: ProjectFacts, host: HostFacts): Place {
  const of = (...words: readonly (string | undefined)[]) => words.filter(Boolean).join(' ') || 'unknown';
  const blockers = host.blockers.known ? host.blockers.value.map(({ by, chain }) => `${chain} of ${by}`) : [];
  return {
    host: of(environment?.os_name, environment?.os_version, environment?.architectures[0]),
    kernel: of(environment?.kernel_version),
    incus: of(
      environment?.server_version,
      host.isIncusHost && host.incusPackage ? `(package ${host.incusPackage})` : '',
    ),
    containers: of(environment?.driver, environment?.driver_version),
    storage: of(
      storage ? `${storage.driver} (pool ${storage.pool});` : '',
      'Incus has',
      environment?.storage,
      environment?.storage_version,
    ),
    firewall: of(environment?.firewall, blockers.length === 0 ? '' : `beside ${blockers.join(', ')}`),
    network: of(network?.name, network?.config['security.acls'] ? 'with rules of setup or others' : 'without rules'),
  };
}
