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

/** Begins with the files that take longest; the others come in the order that Vitest gives them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));
  }
}

function isLong({ moduleId, project }: TestSpecification): boolean {
  return project.name === 'e2e' && LONG.has(basename(moduleId));
}
