import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const REPORTER = join(import.meta.dirname, 'closing-line.ts');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'closing-line-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Runs a file of tests by itself. */
async function run(text: string, env: NodeJS.ProcessEnv): Promise<{ readonly code: number | null; lines: string[] }> {
  await writeFile(join(directory, 'some.test.js'), text);
  const args = [VITEST, 'run', '--root', directory, '--globals', '--reporter', REPORTER];
  const { VITEST_POOL_ID: _, VITEST_WORKER_ID: __, ...own } = process.env;
  const { status, stdout } = spawnSync(process.execPath, args, { env: { ...own, ...env }, encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n') };
}

const ONE_SKIPPED = "it('works', () => {}); it('needs more', ({ skip }) => skip('there is no Incus'));";

it('names what was skipped, with the reason, and lets it pass on a host that lacks something', async () => {
  const { code, lines } = await run(ONE_SKIPPED, { CI: '' });
  expect(lines).toContain('skipped: some.test.js > needs more (there is no Incus)');
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  expect(code).toBe(0);
});

it('fails a run with CI=true in which anything was skipped', async () => {
  const { code, lines } = await run(ONE_SKIPPED, { CI: 'true' });
  expect(lines).toContain('With CI=true a skipped test is a failure.');
  expect(lines.at(-1)).toBe('1 passed, 1 failed');
  expect(code).toBe(1);
});

it.each([
  ["it('breaks', () => { throw new Error('x'); });", '0 passed, 1 failed'],
  ["it('works', () => {}); throw new Error('while it is loaded');", '0 passed, 1 failed'],
  ["it('works', () => {}); afterAll(() => { throw new Error('x'); });", '1 passed, 1 failed'],
  ["it('works', () => { Promise.reject(new Error('nobody waits for it')); });", '1 passed, 1 failed'],
])('counts what breaks in a test and beside it: %s', async (text, last) => {
  const { code, lines } = await run(text, { CI: 'true' });
  expect(lines.at(-1)).toBe(last);
  expect(code).toBe(1);
});
