import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type InotifyPaths, raiseInotify, readInotify, restoreInotify } from './inotify.js';

let directory: string;
let paths: InotifyPaths;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inotify-'));
  paths = { live: join(directory, 'live'), kept: join(directory, 'kept.conf') };
  await writeFile(paths.live, '128\n');
});
afterEach(() => rm(directory, { recursive: true }));

it('the limit is raised for now and for every boot, and set back to what it was', async () => {
  expect(await readInotify(paths)).toEqual({ value: 128, before: undefined, foreignFile: undefined });
  await raiseInotify(128, 8192, paths);
  expect(await readInotify(paths)).toEqual({ value: 8192, before: 128, foreignFile: undefined });
  expect(await readFile(paths.kept, 'utf8')).toMatch(/^fs\.inotify\.max_user_instances = 8192$/m);
  await restoreInotify(128, paths);
  expect(await readInotify(paths)).toEqual({ value: 128, before: undefined, foreignFile: undefined });
});

it.each([
  ['written', () => 'fs.inotify.max_user_instances = 512\n'],
  ['added to', (own: string) => `${own}vm.swappiness = 10\n`],
])('a file that somebody has %s is not taken for ours', async (_, theirs) => {
  await raiseInotify(128, 8192, paths);
  await writeFile(paths.kept, theirs(await readFile(paths.kept, 'utf8')));
  expect(await readInotify(paths)).toEqual({ value: 8192, before: undefined, foreignFile: paths.kept });
});

it('a host that does not say has no limit', async () => {
  expect((await readInotify({ ...paths, live: join(directory, 'none') })).value).toBe(Infinity);
});
