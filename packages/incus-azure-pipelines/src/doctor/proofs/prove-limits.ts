/** Has a guest take more than its limits. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { memoryKillsOf } from '../../lib/memory-kills.js';
import { formatGib } from '../../lib/units.js';
import { carryOut } from '../attacks/attack.js';
import { limits } from '../attacks/kernel.js';
import { DISK_FACT, diskScript, FORKS_FACT, forkScript, memoryScript } from '../attacks/taking.js';
import { judgeAttack } from './judge-attack.js';
import {
  ALONE_FACT,
  CORES_FACT,
  judgeCores,
  judgeDisk,
  judgeForks,
  judgeMemory,
  MEMORY_FACT,
  unlimited,
  WELL,
} from './judge-limits.js';
import { type Trial, untried } from './proof.js';
import type { ProofScene } from './scene.js';

const REMEDY = 'have no jobs of strangers on this host until its kernel and Incus hold that';
/** Where nobody knows how much memory there is, none of it is taken. */
const ELSEWHERE = 'Incus is on another host, whose memory is not to be seen from here';
const FORK_SECONDS = 60;
const MEMORY_MS = 120_000;
const MIB = 2 ** 20;
/** Of a process that does nothing, in the kernel and in its own pages. */
const PROCESS_BYTES = 0.25 * MIB;
/** What the host keeps while a guest takes all of its own. */
const SPARE_BYTES = 512 * MIB;

/** Processes, cores, disk, and the ways around them. */
export async function proveLimits(scene: ProofScene, roomBytes: number | undefined): Promise<readonly Trial[]> {
  const { attacker, incus, signal } = scene;
  const printed = await carryOut(
    incus,
    attacker,
    limits.map(({ script }) => script),
    { signal },
  );
  return [
    ...limits.map((attack, n) => judgeAttack(attack, printed[n] ?? '', REMEDY)),
    await proveForks(scene),
    await proveCores(scene),
    await proveDisk(scene, roomBytes),
  ];
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

/** Takes all memory of one guest, and looks what the kernel does. */
export async function proveMemory({
  attacker,
  host,
  incus,
  project,
  signal,
  spec,
  victim,
}: ProofScene): Promise<readonly Trial[]> {
  const { memoryBytes: limitBytes } = spec.instance;
  if (limitBytes === undefined)
    return [
      unlimited(MEMORY_FACT, 'all memory', 'maxRamInGb'),
      one(ALONE_FACT, 'without a limit it would be the memory of the host that ends'),
    ];
  if (!host.isIncusHost) return untried([MEMORY_FACT, ALONE_FACT], ELSEWHERE);
  const available = await availableBytes();
  if (available < limitBytes + SPARE_BYTES)
    return untried(
      [MEMORY_FACT, ALONE_FACT],
      `this host has ${formatGib(available)} free, which jobs of others may need: try while fewer agents run`,
    );
  const wantedBytes = Math.round(limitBytes * ((await hasSwap()) ? 2.5 : 1.25)) + 64 * MIB;
  const killed = () => Promise.all([attacker, victim].map(name => memoryKillsOf(project, name)));
  const before = await killed();
  const command = ['bash', '-c', memoryScript(wantedBytes)];
  const { exitCode, stderr, stdout } = await incus.exec(attacker, { command }, { signal, deadlineMs: MEMORY_MS });
  const [neighbour = ''] = await carryOut(incus, victim, [`bash -c 'echo ${WELL}'`], { signal });
  const after = await killed();
  const [killedOfTaker, killedOfNeighbour] = [0, 1].map(n => difference(before[n], after[n]));
  const printed = `${stdout}${stderr}`.trim();
  return judgeMemory({ limitBytes, wantedBytes, printed, exitCode, killedOfTaker, killedOfNeighbour, neighbour });
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

/** What programs could have before this host swaps. */
async function availableBytes(): Promise<number> {
  return (await memoryLine('MemAvailable')) ?? 0;
}

async function hasSwap(): Promise<boolean> {
  return (await memoryLine('SwapTotal')) !== 0;
}

async function memoryLine(name: string): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
  return kib === undefined ? undefined : 1024 * Number(kib);
}

function one(fact: string, why: string): Trial {
  return { fact, tried: 'nothing', came: why, outcome: 'untried' };
}
