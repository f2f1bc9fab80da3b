import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files whose tests take more than 100 seconds one after the other: begun last, they would end alone. */
export const LONG: ReadonlySet<string> = new Set(
  [
    'bases',
    'verbs',
    'main-job',
    'listening',
    'generations',
    'registration',
    'outage',
    'restart',
    'demo',
    'failing-activation',
    'base-verbs',
  ].map(name => `${name}.test.ts`),
);

/** Where simulated worlds take a core for a minute and a half. */
const SIMULATION = /\/simulation\.test\.ts$/;
const STAGES = ['floors', 'unit', 'contract', 'e2e'];

/**
 * Quick answers first: unit tests, contract tests, end-to-end tests, and of each what takes longest; the others come in the
 * order that Vitest gives them. None waits for the end of a stage, so that every core has something to do.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => stage(a) - stage(b) || Number(isLong(b)) - Number(isLong(a)));
  }
}

function stage({ project }: TestSpecification): number {
  return STAGES.indexOf(project.name);
}

function isLong({ moduleId, project }: TestSpecification): boolean {
  return project.name === 'e2e' ? LONG.has(basename(moduleId)) : SIMULATION.test(moduleId);
}
