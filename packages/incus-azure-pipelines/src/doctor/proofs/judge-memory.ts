/** Judges what became of memory that a guest took. Pure. */
import { formatGib } from '../../lib/units.js';
import { LIMITS_REMEDY, SPARE_BYTES } from './judge-limits.js';
import { type Trial, untried } from './proof.js';

export const MEMORY_FACT = 'a guest cannot take more memory than its limit';
export const ALONE_FACT = 'when memory ends the kernel kills in that guest alone';
/** What the neighbour is to say. */
export const WELL = 'well';

interface BeforeTaking {
  readonly limitBytes: number;
  /** What the kernel lets the guest have, as this host's files tell; undefined where they do not. */
  readonly keptBytes: number | undefined;
  readonly wantedBytes: number;
  readonly availableBytes: number;
}

/**
 * What is told instead of taking memory; undefined where it is to be taken. That needs the kernel's word that the limit is
 * there, and room for all of it where that word does not hold: it is what is to be shown.
 */
export function reasonNotToTake(before: BeforeTaking): readonly Trial[] | undefined {
  const { availableBytes, keptBytes, limitBytes, wantedBytes } = before;
  const both = [MEMORY_FACT, ALONE_FACT];
  if (keptBytes === undefined) return untried(both, 'this host does not show whether the guest has its limit');
  if (!(keptBytes <= limitBytes)) {
    const came = `the kernel lets it have ${Number.isFinite(keptBytes) ? formatGib(keptBytes) : 'all there is'}`;
    const tried = `read the limit of its control group, which is to be ${formatGib(limitBytes)}`;
    return [
      { fact: MEMORY_FACT, tried, came, outcome: 'failed', remedy: LIMITS_REMEDY },
      ...untried([ALONE_FACT], 'it would be the memory of the host that ends'),
    ];
  }
  const needed = wantedBytes + SPARE_BYTES;
  if (availableBytes >= needed) return undefined;
  return untried(
    both,
    `this host has ${formatGib(availableBytes)} of memory to spare, and ${formatGib(needed)} would be safe: try while fewer agents run`,
  );
}

/** What was seen of two guests, one of which took memory until it was ended. */
export interface MemoryTaken {
  readonly limitBytes: number;
  readonly wantedBytes: number;
  /** By what took it, or why nothing came back of that. */
  readonly printed: string;
  /** How many processes of each guest the kernel has killed meanwhile, by the host's counters; undefined where they do not tell. */
  readonly killedOfTaker: number | undefined;
  readonly killedOfNeighbour: number | undefined;
  /** What the neighbour said afterwards. */
  readonly neighbour: string;
}

/** Whether the kernel ended it, and it alone. */
export function judgeMemory(taken: MemoryTaken): readonly Trial[] {
  const tried = `take ${formatGib(taken.wantedBytes)}, with a limit of ${formatGib(taken.limitBytes)}`;
  return [judgeHeld(taken, tried), judgeAlone(taken, tried)];
}

function judgeHeld({ killedOfTaker = 0, printed }: MemoryTaken, tried: string): Trial {
  const trial = { fact: MEMORY_FACT, tried };
  if (/^took /m.test(printed)) return { ...trial, came: 'it got all of it', outcome: 'failed', remedy: LIMITS_REMEDY };
  if (killedOfTaker > 0) return { ...trial, came: 'the kernel ended it', outcome: 'passed' };
  return { ...trial, came: printed || 'by the counters of this host the kernel has not ended it', outcome: 'untried' };
}

function judgeAlone({ killedOfNeighbour, killedOfTaker, neighbour }: MemoryTaken, tried: string): Trial {
  const trial = { fact: ALONE_FACT, tried };
  const isWell = neighbour === WELL;
  const count = (killed: number | undefined) => (killed === undefined ? 'an unknown number' : String(killed));
  const came = `by the host's counters the kernel has killed ${count(killedOfTaker)} in that guest and ${count(killedOfNeighbour)} in its neighbour, which ${isWell ? 'is well' : 'does not answer'}`;
  if ((killedOfNeighbour ?? 0) > 0 || !isWell) return { ...trial, came, outcome: 'failed', remedy: LIMITS_REMEDY };
  const isShown = killedOfNeighbour !== undefined && (killedOfTaker ?? 0) > 0;
  return { ...trial, came, outcome: isShown ? 'passed' : 'untried' };
}
