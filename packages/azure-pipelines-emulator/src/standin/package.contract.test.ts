import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildStandInPackage } from './package.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stand-in-cache-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('packs equal contents to equal bytes, laid out like the real package', async () => {
  const [one, other] = [join(directory, 'one'), join(directory, 'other')];
  const built = await buildStandInPackage({ cacheDirectory: one });
  expect(await buildStandInPackage({ cacheDirectory: other })).toEqual({
    ...built,
    path: built.path.replace(one, other),
  });
  expect(await buildStandInPackage({ cacheDirectory: one })).toEqual(built);
  expect(basename(built.path)).toBe(`vsts-agent-linux-${process.arch}-${built.version}.tar.gz`);
  expect(readdirSync(one)).toHaveLength(1);

  const listing = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '--gzip', '--file', built.path], {
    encoding: 'utf8',
  });
  const modes = new Map(
    listing.split('\n').map(line => [line.split(' ').at(-1), line.split(/\s+/).slice(0, 2).join(' ')]),
  );
  for (const program of ['config.sh', 'run.sh', 'env.sh', 'bin/Agent.Listener', 'bin/Agent.Worker']) {
    expect(modes.get(`./${program}`)).toBe('-rwxr-xr-x 0/0');
  }
  expect(modes.get('./license.html')).toBe('-rw-r--r-- 0/0');
  expect(modes.has('./.agent')).toBe(false);
});

test('stops when it is told to, and leaves nothing half made', async () => {
  const signal = AbortSignal.abort();
  await expect(buildStandInPackage({ cacheDirectory: directory, signal })).rejects.toThrow('aborted');
  expect(readdirSync(directory)).toEqual([]);
});
