import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const execFileAsync = promisify(execFile);
const ROOT = new URL('../../../../', import.meta.url);
/** For what hangs: beside the tests on Incus, which keep every core busy, worlds take several times as long as alone. */
const timeout = 1_200_000;

/** Runs what `npm run simulate` runs; it fails when a promise breaks. Gives back what it prints. */
async function simulated(signal: AbortSignal, ...args: string[]): Promise<string> {
  const program = ['build/simulation/test/simulation/cli/main.js', ...args];
  const { stdout } = await execFileAsync(process.execPath, program, { cwd: ROOT, signal }).catch(error => {
    throw new Error(`npm run simulate -- ${args.join(' ')}:\n${error.stdout}${error.stderr}`, { cause: error });
  });
  return stdout;
}

beforeAll(async () => {
  await execFileAsync('node_modules/.bin/tsc', ['-p', 'tsconfig.simulation.json'], { cwd: ROOT });
}, timeout);

test('keeps every promise in 2000 random worlds and in every order of few events with a kill', { timeout }, async ({
  signal,
}) => {
  const told = await simulated(signal, '--worlds', '2000');
  expect(told).toMatch(/not visited though possible: none/);
  expect(told).toMatch(/[1-9]\d+ interleavings of 2 agents, 2 jobs and 2 faults/);
  console.log(told);
});

test('finds every planted bug', { timeout }, async ({ signal }) => {
  const told = await simulated(signal, '--mutants');
  expect(told).toMatch(/^(\d+) of \1 planted bugs were caught$/m);
  console.log(told);
});

test('lives through the world of a seed the same way every time', { timeout }, async ({ signal }) => {
  const told = await simulated(signal, '--seed', '7');
  expect(told).toMatch(/every promise was kept/);
  expect(await simulated(signal, '--seed', '7')).toBe(told);
});

test.each([
  [['--worlds', 'many'], '--worlds many: not a whole number'],
  [['--seed', '1', '--mutants'], 'exclude each other'],
  [['--nothing'], "Unknown option '--nothing'"],
])('refuses %j with its usage', async (args, why) => {
  await expect(simulated(new AbortController().signal, ...args)).rejects.toThrow(why);
});
