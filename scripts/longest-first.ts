import { BaseSequencer, type TestSpecification } from 'vitest/node';

const PROGRAM = 'packages/incus-azure-pipelines/src';

/** Files that take more than a minute beside three others, each before those that take less: begun last, one would end alone. */
export const LONG: readonly string[] = [
  `${PROGRAM}/plan/simulation.test.ts`,
  `${PROGRAM}/execute/guest/guest.incus.test.ts`,
  `${PROGRAM}/execute/base/build-base.incus.test.ts`,
  ...[
    'bases',
    'verbs',
    'main-job',
    'listening',
    'outage',
    'registration',
    'generations',
    'base-verbs',
    'demo',
    'restart',
    'failing-activation',
    'kills',
    'chaos',
    'other-release',
    'job-ends',
    'setup',
    'attacks-by-jobs',
    'operating-system',
    'shape',
    'attacks-on-disk',
    'docker',
    'two-hosts',
    'host-restart',
  ].map(name => `test/e2e/${name}.test.ts`),
];

const STAGES = ['floors', 'unit', 'contract', 'e2e'];

/**
 * Quick answers first: unit tests, contract tests, end-to-end tests, and of each what takes longest; the others come in the
 * order that Vitest gives them. After the floors none waits for the end of another, so that every core has something to do.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => stage(a) - stage(b) || rank(a) - rank(b));
  }
}

function stage({ project }: TestSpecification): number {
  return STAGES.indexOf(project.name);
}

function rank({ moduleId }: TestSpecification): number {
  const found = LONG.findIndex(path => moduleId.endsWith(`/${path}`));
  return found < 0 ? LONG.length : found;
}
