import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withHostLock } from './host-lock.js';
import { identifyProcess } from './process-identity.js';

async function lockFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'iap-lock-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('a lock names its process while it is held, and nothing is left of it', async () => {
  const folder = await lockFolder();
  const path = join(folder, 'lock');
  const held = await withHostLock(async () => JSON.parse(await readFile(path, 'utf8')), path);
  expect(held).toEqual(identifyProcess(process.pid));
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['a process that has ended', JSON.stringify({ ...identifyProcess(process.pid), startTicks: '1' })],
  ['a process that was killed before it had written its name', ''],
])('the lock of %s is void', async (_, content) => {
  const path = join(await lockFolder(), 'lock');
  await writeFile(path, content);
  expect(await withHostLock(async () => 'done', path)).toBe('done');
});
