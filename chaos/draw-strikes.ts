import { Random } from '../packages/incus-azure-pipelines/test/simulation/random.js';
import { type FaultKind, isAzureFault, isRefusal, type Strike } from './fault.js';

const pauseMs = { from: 2_000, to: 6_000 };
const holdMs = { from: 1_000, to: 6_000 };
/** In the last part of a run the daemon is not killed, so that what it leaks by all the other faults can be seen. */
const lastPart = 1 / 3;

/** While Azure is away no place is filled: few of its faults in each round, by turns, so that others meet a pool at work. */
const azureInRound = 2;
/** A refused token rests the daemon for a minute: one in so many rounds. */
const refusalEvery = 6;

/**
 * Draws the faults of a run. They come in rounds, each in a new order, so that even a short run meets most of them. Pure: a seed gives the same list each time.
 */
export function drawStrikes(seed: number, durationMs: number, kinds: readonly FaultKind[]): Strike[] {
  const random = new Random(seed);
  const strikes: Strike[] = [];
  const round: FaultKind[] = [];
  for (let atMs = random.between(0, pauseMs.to), rounds = 0; atMs < durationMs; ) {
    if (round.length === 0) round.push(...shuffled(roundOf(kinds, rounds++), random));
    const kind = round.pop();
    const strike = { atMs, holdMs: random.between(holdMs.from, holdMs.to), aim: random.next(), form: random.next() };
    atMs += random.between(pauseMs.from, pauseMs.to);
    if (kind === undefined || (kind === 'kill-daemon' && strike.atMs > durationMs * (1 - lastPart))) continue;
    strikes.push({ kind, ...strike });
  }
  return strikes;
}

function roundOf(kinds: readonly FaultKind[], round: number): readonly FaultKind[] {
  const refusals = kinds.filter(isRefusal);
  const azure = kinds.filter(kind => isAzureFault(kind) && !isRefusal(kind));
  const inTurn = Array.from({ length: azureInRound }, (_, nth) => turnOf(azure, round * azureInRound + nth));
  return [
    ...kinds.filter(kind => !isAzureFault(kind)),
    ...new Set(inTurn.flat()),
    ...(round % refusalEvery === 0 ? turnOf(refusals, round / refusalEvery) : []),
  ];
}

/** The one whose turn it is, in a list; an empty one where there are none to take turns. */
function turnOf(kinds: readonly FaultKind[], turn: number): readonly FaultKind[] {
  return kinds.slice(turn % kinds.length).slice(0, 1);
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map(item => ({ item, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
