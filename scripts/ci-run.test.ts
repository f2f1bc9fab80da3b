import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const RUN = join(import.meta.dirname, '..', '.ci', 'run');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ci-run-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** Runs it with an npm that does `script` and nothing else. */
async function runWith(script: string): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  const npm = join(directory, 'npm');
  await writeFile(npm, `#!/bin/bash\n${script}\n`);
  await chmod(npm, 0o755);
  const env = { ...process.env, PATH: `${directory}:${process.env.PATH}`, TMPDIR: directory };
  const { status, stdout } = spawnSync(RUN, { env, encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n') };
}

it('ends with the line that the tests have ended with', async () => {
  const all = await runWith('[ "$1" != test ] || echo "12 passed, 0 failed"');
  expect(all).toEqual({ code: 0, lines: ['12 passed, 0 failed'] });
  const most = await runWith('[ "$1" != test ] || { echo "11 passed, 1 failed, 2 skipped"; exit 1; }');
  expect(most).toEqual({ code: 1, lines: ['11 passed, 1 failed, 2 skipped'] });
});

it.each(['ci', 'run', 'test'])('counts one failure when npm %s breaks before any test has run', async verb => {
  const { code, lines } = await runWith(`[ "$1" != ${verb} ] || { echo "error TS2322"; exit 2; }`);
  expect({ code, last: lines.at(-1) }).toEqual({ code: 2, last: '0 passed, 1 failed' });
  expect(lines.filter(line => line.endsWith('failed'))).toHaveLength(1);
});
