import * as fc from 'fast-check';
import type { Brain } from './brain.js';
import { BrokenPromise } from './promises.js';
import { type Scenario, scenarios } from './scenario.js';
import { narrate, simulate } from './simulate.js';
import type { Tally } from './tally.js';

/** Shrinking ends here at the latest, with the smallest that was found by then. */
const SHRINK_MS = 60_000;

/** How one world ended. */
export type Verdict =
  | { readonly kind: 'kept'; readonly tally: Tally }
  | { readonly kind: 'broken'; readonly seed: number; readonly error: BrokenPromise };

/** The world that belongs to a seed, always the same. */
export function scenarioOf(seed: number): Scenario {
  const [scenario] = fc.sample(scenarios, { seed, numRuns: 1 });
  if (scenario === undefined) throw new Error(`make a world of the seed ${seed}: fast-check gave none`);
  return scenario;
}

/** Lives through the world of a seed. */
export function tryWorld(seed: number, brain?: Brain): Verdict {
  try {
    return { kind: 'kept', tally: simulate(scenarioOf(seed), brain) };
  } catch (error) {
    if (error instanceof BrokenPromise) return { kind: 'broken', seed, error };
    throw error;
  }
}

/** A broken world made as small as it goes while the same promise breaks, with what happens in it. */
export interface Shrunken {
  readonly scenario: Scenario;
  readonly promise: string;
  readonly message: string;
  readonly lines: readonly string[];
}

export function shrink(seed: number, brain?: Brain, mostMs = SHRINK_MS): Shrunken | undefined {
  const whole = tryWorld(seed, brain);
  if (whole.kind === 'kept') return undefined;
  const { promise } = whole.error;
  const details = fc.check(
    fc.property(scenarios, scenario => breaks(scenario, brain) !== promise),
    { seed, numRuns: 1, interruptAfterTimeLimit: mostMs, markInterruptAsFailure: true },
  );
  const scenario = details.counterexample?.[0] ?? scenarioOf(seed);
  const { lines, error } = narrate(scenario, brain);
  return { scenario, promise, message: error?.message ?? promise, lines };
}

function breaks(scenario: Scenario, brain?: Brain): string | undefined {
  try {
    simulate(scenario, brain);
    return undefined;
  } catch (error) {
    if (error instanceof BrokenPromise) return error.promise;
    throw error;
  }
}
