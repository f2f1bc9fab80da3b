import { expect, test } from 'vitest';
import { mutants } from './mutants.js';
import type { Scenario } from './scenario.js';
import { scenarioOf, shrink, tryWorld } from './trial.js';

const SHRINKING_MS = 10_000;

const brain = mutants.find(({ bug }) => bug === 'does not count the busy')?.brain;

test('a world that breaks a promise shrinks to one that has fewer faults and breaks the same one', () => {
  const seeds = Array.from({ length: 100 }, (_, index) => index + 1);
  const seed = seeds.find(one => tryWorld(one, brain).kind === 'broken') ?? 0;
  const whole = tryWorld(seed, brain);
  const shrunken = shrink(seed, brain, SHRINKING_MS);
  expect(shrunken).toMatchObject({ promise: whole.kind === 'broken' && whole.error.promise });
  expect(shrunken?.lines.length).toBeGreaterThan(0);
  expect(kindsOfFaults(shrunken?.scenario)).toBeLessThan(kindsOfFaults(scenarioOf(seed)));
});

/** How many kinds of fault a world has. */
function kindsOfFaults(scenario: Scenario | undefined): number {
  return Object.values(scenario?.faults ?? {}).filter(rate => rate > 0).length;
}
