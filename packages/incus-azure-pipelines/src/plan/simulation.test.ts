import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutants } from '../../test/simulation/mutants.js';
import { BrokenPromise } from '../../test/simulation/promises.js';
import { scenarios } from '../../test/simulation/scenario.js';
import { simulate } from '../../test/simulation/simulate.js';

/** More worlds for a night: `SIMULATED_WORLDS=20000`; other worlds: `SIMULATION_SEED=7`. */
const WORLDS = Number(process.env.SIMULATED_WORLDS ?? 200);
const SEED = Number(process.env.SIMULATION_SEED ?? 20_300_101);
/** A planted bug has to show within so many worlds. */
const WORLDS_PER_BUG = 60;

test(`keeps every promise in ${WORLDS} random worlds`, { timeout: 60_000 + WORLDS * 500 }, () => {
  let jobs = 0;
  fc.assert(
    fc.property(scenarios, scenario => {
      jobs += simulate(scenario).jobs;
    }),
    { numRuns: WORLDS, seed: SEED, endOnFailure: true },
  );
  expect(jobs).toBeGreaterThan(WORLDS);
});

test.each(mutants)('finds a plan that $bug', { timeout: 60_000 }, ({ brain }) => {
  const scenariosOfBug = fc.sample(scenarios, { numRuns: WORLDS_PER_BUG, seed: SEED });
  const broken = scenariosOfBug.find(scenario => {
    try {
      simulate(scenario, brain);
      return false;
    } catch (error) {
      if (error instanceof BrokenPromise) return true;
      throw error;
    }
  });
  expect(broken).toBeDefined();
});
