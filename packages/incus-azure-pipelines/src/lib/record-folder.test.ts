import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordFolder } from './record-folder.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'records-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('gives back what was written, and nothing for a name that was not', async () => {
  const folder = new RecordFolder<{ readonly why: string }>(directory, { most: 2, oldestMs: 60_000 });
  await folder.write('ci-abc-1', { why: 'done' });
  expect(await folder.read('ci-abc-1')).toEqual({ why: 'done' });
  expect(await folder.read('ci-abc-2')).toBeUndefined();
});

test('keeps the newest records and no more than the limit', async () => {
  const folder = new RecordFolder<number>(directory, { most: 2, oldestMs: 3_600_000 });
  const now = Date.now() / 1000;
  await folder.write('first', 1);
  await utimes(join(directory, 'first.json'), now - 20, now - 20);
  await folder.write('second', 2);
  await utimes(join(directory, 'second.json'), now - 10, now - 10);
  await folder.write('third', 3);
  expect(await folder.names()).toEqual(['third', 'second']);
});

test('drops records that are too old', async () => {
  const folder = new RecordFolder<number>(directory, { most: 10, oldestMs: 60_000 });
  await folder.write('old', 1);
  const before = Date.now() / 1000 - 120;
  await utimes(join(directory, 'old.json'), before, before);
  await folder.write('new', 2);
  expect(await folder.names()).toEqual(['new']);
});

test.each(['../up', 'a/b', '', '.hidden', 'UPPER', 'a'.repeat(64)])('takes no path for a name: %j', async name => {
  const folder = new RecordFolder<number>(directory, { most: 2, oldestMs: 60_000 });
  await expect(folder.write(name, 1)).rejects.toThrow('is no name of an agent');
});
