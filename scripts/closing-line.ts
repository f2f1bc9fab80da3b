import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Says what a run came to in one line: `12 passed, 0 failed`, and `, 3 skipped` when any were. */
export function closingLine(tally: Tally): string {
  const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}

/**
 * Ends the output of a run with one line that counts its tests.
 *
 * What goes wrong outside a test (an import, a setup, a teardown, an unhandled rejection) counts as a failure. With
 * `CI=true` nothing may be skipped: each skipped test is named, and counts as a failure.
 */
export default class ClosingLineReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  #skips: readonly string[] = [];
  #ended = false;

  onInit(): void {
    // Teardowns run, and print, after every reporter has been told of the end.
    process.once('exit', () => this.#print());
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter(test => test.result().state === state);
    const skipped = tests.filter(test => ['skipped', 'pending'].includes(test.result().state));
    const brokenOutside = modules.flatMap(module => [
      ...module.errors(),
      ...[...module.children.allSuites()].flatMap(suite => suite.errors()),
    ]);
    this.#tally = {
      passed: inState('passed').length,
      failed: inState('failed').length + brokenOutside.length + unhandled.length,
      skipped: skipped.length,
    };
    this.#skips = skipped.map(describeSkip);
    this.#ended = true;
  }

  #print(): void {
    const { skipped } = this.#tally;
    const mustNotSkip = process.env.CI === 'true' && skipped > 0;
    const lines = this.#skips.map(line => `skipped: ${line}`);
    if (mustNotSkip) lines.push('With CI=true a skipped test is a failure.');
    if (this.#tally.failed > 0 || mustNotSkip || !this.#ended) process.exitCode = 1;
    if (mustNotSkip) this.#tally = { ...this.#tally, failed: this.#tally.failed + skipped, skipped: 0 };
    // A teardown that fails sets the exit code and is in no test's result.
    const failedElsewhere = this.#tally.failed === 0 && !mustNotSkip && (process.exitCode ?? 0) !== 0;
    const failed = this.#tally.failed + (failedElsewhere ? 1 : 0);
    lines.push(closingLine({ ...this.#tally, failed }));
    writeSync(1, `${lines.join('\n')}\n`);
  }
}

function describeSkip(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' && result.note !== undefined ? ` (${result.note})` : '';
  return `${test.module.relativeModuleId} > ${test.fullName}${note}`;
}
