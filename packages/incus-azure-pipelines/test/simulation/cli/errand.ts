import type { Brain } from '../brain.js';
import { type Depth, interleavings, liveThrough } from '../interleavings.js';
import { KNOWN_WORLDS, mutants } from '../mutants.js';
import { BrokenPromise } from '../promises.js';
import { NOTHING, sumOf, type Tally } from '../tally.js';
import { tryWorld } from '../trial.js';

/** A piece of work that one worker does at a time. */
export type Errand =
  | { readonly kind: 'worlds'; readonly from: number; readonly count: number }
  | { readonly kind: 'mutant'; readonly bug: string; readonly most: number }
  /** Those of all interleavings whose number leaves `part` when it is divided by `parts`. */
  | { readonly kind: 'interleavings'; readonly depth: Depth; readonly part: number; readonly parts: number };

/** A promise that broke, and where: the seed of a world, or an interleaving in words. */
export interface Breach {
  readonly seed: number | undefined;
  readonly place: string;
  readonly promise: string;
}

/** What came of an errand; a breach ends it. */
export interface Report {
  readonly errand: Errand;
  readonly tally: Tally;
  readonly interleavings: number;
  readonly breach: Breach | undefined;
}

/** Runs the errand. */
export function run(errand: Errand): Report {
  switch (errand.kind) {
    case 'worlds':
      return tryWorlds(errand, errand.from, errand.count);
    case 'mutant':
      return tryMutant(errand, errand);
    case 'interleavings':
      return tryInterleavings(errand, errand);
  }
}

/** Tries the world first that is known to catch it, then all from the first on. */
function tryMutant(errand: Errand, { bug, most }: { readonly bug: string; readonly most: number }): Report {
  const brain = mutants.find(mutant => mutant.bug === bug)?.brain;
  const known = KNOWN_WORLDS[bug];
  const caught = known === undefined ? undefined : tryWorlds(errand, known, 1, brain);
  return caught?.breach === undefined ? tryWorlds(errand, 1, most, brain) : caught;
}

function tryWorlds(errand: Errand, from: number, count: number, brain?: Brain): Report {
  let tally = NOTHING;
  for (let seed = from; seed < from + count; seed++) {
    const verdict = tryWorld(seed, brain);
    if (verdict.kind === 'broken') {
      const breach = { seed, place: `the world of seed ${seed}`, promise: verdict.error.promise };
      return { errand, tally, interleavings: 0, breach };
    }
    tally = sumOf(tally, verdict.tally);
  }
  return { errand, tally, interleavings: 0, breach: undefined };
}

function tryInterleavings(
  errand: Errand,
  { depth, part, parts }: { readonly depth: Depth; readonly part: number; readonly parts: number },
): Report {
  let index = 0;
  let count = 0;
  for (const one of interleavings(depth)) {
    if (index++ % parts !== part) continue;
    try {
      liveThrough(one);
    } catch (error) {
      if (!(error instanceof BrokenPromise)) throw error;
      const breach = { seed: undefined, place: JSON.stringify(one), promise: error.message };
      return { errand, tally: NOTHING, interleavings: count, breach };
    }
    count += 1;
  }
  return { errand, tally: NOTHING, interleavings: count, breach: undefined };
}
