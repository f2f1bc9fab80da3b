import fc from 'fast-check';
import { test } from 'vitest';
import { scenarios } from '../../test/simulation/scenario.js';
import { simulate } from '../../test/simulation/simulate.js';

const WORLDS = Number(process.env.SIMULATED_WORLDS ?? 300);

test('worlds', { timeout: 600_000 }, () => {
  let passes = 0;
  let jobs = 0;
  const start = performance.now();
  let worlds = 0;
  try {
    fc.assert(
      fc.property(scenarios, scenario => {
        const outcome = simulate(scenario);
        worlds++;
        passes += outcome.passes;
        jobs += outcome.jobs;
      }),
      { numRuns: WORLDS, seed: Number(process.env.SEED ?? 1), endOnFailure: process.env.SHRINK === undefined },
    );
  } finally {
    console.log({ worlds, passes, jobs, s: (performance.now() - start) / 1000 });
  }
});
