/** Has a guest take more than its limits. */
import { availableParallelism } from 'node:os';
import { formatGib } from '../../lib/units.js';
import { carryOut } from '../attacks/attack.js';
import { limits } from '../attacks/kernel.js';
import { DISK_FACT, diskScript, FORKS_FACT, forkScript } from '../attacks/taking.js';
import { availableBytes, ELSEWHERE } from './host-memory.js';
import { judgeAttack } from './judge-attack.js';
import { CORES_FACT, judgeCores, judgeDisk, judgeForks, SPARE_BYTES, unlimited } from './judge-limits.js';
import type { Trial } from './proof.js';
import type { ProofScene } from './scene.js';
import { trySteps } from './try-steps.js';

const REMEDY = 'have no jobs of strangers on this host until its kernel and Incus hold that';
const FORK_SECONDS = 60;
const MIB = 2 ** 20;
/** Of a process that does nothing, in the kernel and in its own pages. */
const PROCESS_BYTES = 0.25 * MIB;

/** Processes, cores, disk, and the ways around them. */
export async function proveLimits(scene: ProofScene, roomBytes: number | undefined): Promise<readonly Trial[]> {
  const steps = [
    { facts: limits.map(({ fact }) => fact), attempt: () => proveHeld(scene) },
    { facts: [FORKS_FACT], attempt: async () => [await proveForks(scene)] },
    { facts: [CORES_FACT], attempt: async () => [await proveCores(scene)] },
    { facts: [DISK_FACT], attempt: async () => [await proveDisk(scene, roomBytes)] },
  ];
  return await trySteps(steps, scene.signal);
}

async function proveHeld({ attacker, incus, signal }: ProofScene): Promise<readonly Trial[]> {
  const scripts = limits.map(({ script }) => script);
  const printed = await carryOut(incus, attacker, scripts, { signal });
  return limits.map((attack, n) => judgeAttack(attack, printed[n] ?? '', REMEDY));
}

async function proveForks({ attacker, host, incus, signal, spec }: ProofScene): Promise<Trial> {
  const { maxProcesses, memoryBytes } = spec.instance;
  if (!host.isIncusHost) return one(FORKS_FACT, ELSEWHERE);
  const needed = maxProcesses * PROCESS_BYTES;
  const there = Math.min(memoryBytes ?? Number.POSITIVE_INFINITY, (await availableBytes()) - SPARE_BYTES);
  if (needed > there)
    return one(
      FORKS_FACT,
      `so many processes (${maxProcesses}) take some ${formatGib(needed)}, and there is ${formatGib(there)}`,
    );
  const [said = ''] = await carryOut(incus, attacker, [forkScript(maxProcesses + 10)], {
    seconds: FORK_SECONDS,
    signal,
  });
  return judgeForks(said, maxProcesses);
}

async function proveCores({ attacker, host, incus, signal, spec }: ProofScene): Promise<Trial> {
  const { cores } = spec.instance;
  if (cores === undefined) return unlimited(CORES_FACT, 'all cores', 'maxCores');
  const [said = ''] = await carryOut(incus, attacker, ['nproc'], { signal });
  return judgeCores(said, cores, host.isIncusHost ? availableParallelism() : undefined);
}

async function proveDisk({ attacker, incus, signal, spec }: ProofScene, roomBytes: number | undefined): Promise<Trial> {
  const { diskSizeBytes } = spec.instance;
  if (diskSizeBytes === undefined) return unlimited(DISK_FACT, 'all room in the storage pool', 'diskSizeInGb');
  if (roomBytes === undefined) return one(DISK_FACT, 'Incus does not show what room there is');
  const wanted = Math.round(diskSizeBytes * 1.1);
  if (roomBytes < 2 * wanted)
    return one(DISK_FACT, `there is ${formatGib(roomBytes)} in the storage pool: too little to tell who refuses more`);
  const [said = ''] = await carryOut(incus, attacker, [diskScript(String(wanted), '/root/large')], { signal });
  return judgeDisk(said, diskSizeBytes);
}

function one(fact: string, why: string): Trial {
  return { fact, tried: 'nothing', came: why, outcome: 'untried' };
}
