/** Judges what a guest could take. Pure. */
import { formatGib } from '../../lib/units.js';
import { DISK_FACT, FORKS_FACT } from '../attacks/taking.js';
import type { Trial } from './proof.js';

export const MEMORY_FACT = 'a guest cannot take more memory than its limit';
export const ALONE_FACT = 'when memory ends the kernel kills in that guest alone';
/** What the neighbour is to say. */
export const WELL = 'well';
export const CORES_FACT = 'a guest has no more cores than its limit';

const REMEDY =
  'see the limits of the instance: incus config show, and whether the kernel has that controller of cgroups';

/** A limit that the configuration does not set. */
export function unlimited(fact: string, what: string, key: string): Trial {
  return {
    fact,
    tried: 'nothing',
    came: `no limit is set: ${key}`,
    outcome: 'open',
    risk: `A guest takes ${what} of the host`,
    remedy: `set ${key} in the configuration`,
  };
}

/** By what `forkScript` has printed, which was to fork more often than the limit lets it. */
export function judgeForks(printed: string, limit: number): Trial {
  const trial = {
    fact: FORKS_FACT,
    tried: `fork until it is refused, with a limit of ${limit} processes`,
    came: printed || 'no word',
  };
  const [, forked, why = ''] = /^forked (\d+): (.*)$/m.exec(printed) ?? [];
  if (forked === undefined || /allocate memory/i.test(why)) return { ...trial, outcome: 'untried' };
  const isHeld = Number(forked) < limit && /temporarily unavailable/i.test(why);
  return isHeld ? { ...trial, outcome: 'passed' } : { ...trial, outcome: 'failed', remedy: REMEDY };
}

/** By what `nproc` says in the guest; `ofHost` is undefined where the host was not asked. */
export function judgeCores(printed: string, limit: number, ofHost: number | undefined): Trial {
  const trial = { fact: CORES_FACT, tried: `nproc, with a limit of ${limit} cores` };
  const seen = Number(printed);
  const came = `${printed || 'no word'}${ofHost === undefined ? '' : `, of ${ofHost} of the host`}`;
  if (!Number.isInteger(seen) || seen < 1) return { ...trial, came, outcome: 'untried' };
  if (seen > limit) return { ...trial, came, outcome: 'failed', remedy: REMEDY };
  const isShown = ofHost === undefined || limit < ofHost;
  return isShown
    ? { ...trial, came, outcome: 'passed' }
    : { ...trial, came: `${came}, which has no more than the limit`, outcome: 'untried' };
}

/** By what `diskScript` has printed, which was to take more than the limit. */
export function judgeDisk(printed: string, limitBytes: number): Trial {
  const trial = { fact: DISK_FACT, tried: `take more than ${formatGib(limitBytes)}`, came: printed || 'no word' };
  if (/quota exceeded|no space left/i.test(printed)) return { ...trial, outcome: 'passed' };
  if (!/^taken$/m.test(printed)) return { ...trial, outcome: 'untried' };
  return { ...trial, outcome: 'failed', remedy: 'see whether the storage pool has quotas: incus storage show' };
}

/** What was seen of two guests, one of which took memory until it was ended. */
export interface MemoryTaken {
  readonly limitBytes: number;
  readonly wantedBytes: number;
  readonly printed: string;
  /** Of what took it; 137 where it was killed. */
  readonly exitCode: number;
  /** How many processes of each guest the kernel has killed meanwhile, by the host's counters; undefined where they do not tell. */
  readonly killedOfTaker: number | undefined;
  readonly killedOfNeighbour: number | undefined;
  /** What the neighbour said afterwards. */
  readonly neighbour: string;
}

/** Whether it was ended, and whether it alone was. */
export function judgeMemory(taken: MemoryTaken): readonly Trial[] {
  const tried = `take ${formatGib(taken.wantedBytes)}, with a limit of ${formatGib(taken.limitBytes)}`;
  return [judgeHeld(taken, tried), judgeAlone(taken, tried)];
}

function judgeHeld({ exitCode, printed }: MemoryTaken, tried: string): Trial {
  const trial = { fact: MEMORY_FACT, tried };
  if (/^took /m.test(printed)) return { ...trial, came: 'it got all of it', outcome: 'failed', remedy: REMEDY };
  const isEnded = exitCode === KILLED || /out of memory/i.test(printed);
  return isEnded
    ? { ...trial, came: 'it was ended', outcome: 'passed' }
    : { ...trial, came: printed || `it ended with ${exitCode}`, outcome: 'untried' };
}

function judgeAlone({ killedOfNeighbour, killedOfTaker, neighbour }: MemoryTaken, tried: string): Trial {
  const trial = { fact: ALONE_FACT, tried };
  if (killedOfTaker === undefined || killedOfNeighbour === undefined)
    return { ...trial, came: 'the counters of the host are not to be read from here', outcome: 'untried' };
  const isWell = neighbour === WELL;
  const came = `by the host's counters the kernel has killed ${killedOfTaker} in that guest and ${killedOfNeighbour} in its neighbour, which ${isWell ? 'is well' : 'does not answer'}`;
  if (killedOfNeighbour > 0 || !isWell) return { ...trial, came, outcome: 'failed', remedy: REMEDY };
  return { ...trial, came, outcome: killedOfTaker > 0 ? 'passed' : 'untried' };
}

const KILLED = 137;
