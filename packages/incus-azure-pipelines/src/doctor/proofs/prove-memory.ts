/** Has a guest take all of its memory. */
import { memoryKillsOf } from '../../lib/memory-kills.js';
import { memoryLimitOf } from '../../lib/memory-limit.js';
import { carryOut } from '../attacks/attack.js';
import { memoryScript } from '../attacks/taking.js';
import { settled } from '../fact-of.js';
import { availableBytes, ELSEWHERE, hasSwap } from './host-memory.js';
import { unlimited } from './judge-limits.js';
import { ALONE_FACT, judgeMemory, MEMORY_FACT, reasonNotToTake, WELL } from './judge-memory.js';
import { type Trial, untried } from './proof.js';
import type { ProofScene } from './scene.js';

const MEMORY_MS = 120_000;
/** Beyond what the limit is a multiple of. */
const MORE_BYTES = 64 * 2 ** 20;

/** Takes all memory of one guest, and looks what the kernel does; after that guest was let try to raise its limit. */
export async function proveMemory(scene: ProofScene): Promise<readonly Trial[]> {
  const { attacker, host, project, spec } = scene;
  const { memoryBytes: limitBytes } = spec.instance;
  if (limitBytes === undefined)
    return [
      unlimited(MEMORY_FACT, 'all memory', 'maxRamInGb'),
      ...untried([ALONE_FACT], 'without a limit it would be the memory of the host that ends'),
    ];
  if (!host.isIncusHost) return untried([MEMORY_FACT, ALONE_FACT], ELSEWHERE);
  const wantedBytes = Math.round(limitBytes * ((await hasSwap()) ? 2.5 : 1.25)) + MORE_BYTES;
  const keptBytes = await memoryLimitOf(project, attacker);
  const before = { limitBytes, keptBytes, wantedBytes, availableBytes: await availableBytes() };
  return reasonNotToTake(before) ?? (await takeMemory(scene, limitBytes, wantedBytes));
}

async function takeMemory(
  { attacker, incus, project, signal, victim }: ProofScene,
  limitBytes: number,
  wantedBytes: number,
): Promise<readonly Trial[]> {
  const killed = () => Promise.all([attacker, victim].map(name => memoryKillsOf(project, name)));
  const before = await killed();
  const command = ['bash', '-c', memoryScript(wantedBytes)];
  const taken = await settled(incus.exec(attacker, { command }, { signal, deadlineMs: MEMORY_MS }));
  signal.throwIfAborted();
  // Whatever became of the one, the other is looked at.
  const said = await settled(carryOut(incus, victim, [`bash -c 'echo ${WELL}'`], { signal }));
  signal.throwIfAborted();
  const after = await killed();
  const [killedOfTaker, killedOfNeighbour] = [0, 1].map(n => difference(before[n], after[n]));
  const printed = taken.known ? `${taken.value.stdout}${taken.value.stderr}`.trim() : taken.error;
  const neighbour = said.known ? (said.value[0] ?? '') : said.error;
  return judgeMemory({ limitBytes, wantedBytes, printed, killedOfTaker, killedOfNeighbour, neighbour });
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}
