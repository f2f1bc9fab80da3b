import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RecordFolder } from './record-folder.js';

const MANY = 1_000_000;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'records-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('gives back what was written, and nothing for a name that was not', async () => {
  const folder = new RecordFolder<{ readonly why: string }>(directory, { most: 2, mostBytes: MANY, oldestMs: 60_000 });
  await folder.write('ci-abc-1', { why: 'done' });
  expect(await folder.read('ci-abc-1')).toEqual({ why: 'done' });
  expect(await folder.read('ci-abc-2')).toBeUndefined();
});

test('keeps the newest records and no more than the limit', async () => {
  let now = 1_000;
  const folder = new RecordFolder<number>(
    directory,
    { most: 2, mostBytes: MANY, oldestMs: 3_600_000 },
    { now: () => now++ },
  );
  for (const name of ['first', 'second', 'first', 'third']) await folder.write(name, 1);
  expect(await folder.names()).toEqual(['third', 'first']);
  expect((await readdir(directory)).sort()).toEqual(['first.json', 'third.json']);
});

test('finds what an earlier process has left, by the time of its files', async () => {
  const limits = { most: 2, mostBytes: MANY, oldestMs: 3_600_000 };
  const before = new RecordFolder<number>(directory, limits);
  await before.write('a', 1);
  await before.write('b', 2);
  await utimes(join(directory, 'b.json'), 1, Date.now() / 1000 - 10);
  const folder = new RecordFolder<number>(directory, limits);
  expect(await folder.names()).toEqual(['a', 'b']);
  await folder.write('c', 3);
  expect(await folder.names()).toEqual(['c', 'a']);
  expect(await folder.read('b')).toBeUndefined();
});

test('drops records that are too old', async () => {
  let now = 1_000_000;
  const folder = new RecordFolder<number>(
    directory,
    { most: 10, mostBytes: MANY, oldestMs: 60_000 },
    { now: () => now },
  );
  await folder.write('old', 1);
  now += 60_001;
  await folder.write('new', 2);
  expect(await folder.names()).toEqual(['new']);
});

test('drops what has become too old also where nothing is written any more', async () => {
  let now = 1_000_000;
  const limits = { most: 10, mostBytes: MANY, oldestMs: 60_000 };
  const folder = new RecordFolder<number>(directory, limits, { now: () => now });
  await folder.write('old', 1);
  now += 30_000;
  await folder.write('newer', 2);
  now += 30_001;
  expect(await folder.names()).toEqual(['newer']);
  expect(await readdir(directory)).toEqual(['newer.json']);
});

test('keeps no more bytes than the limit, but always the newest record', async () => {
  const folder = new RecordFolder<string>(directory, { most: 10, mostBytes: 250, oldestMs: 60_000 });
  for (const name of ['a', 'b', 'c']) await folder.write(name, 'x'.repeat(98));
  expect(await folder.names()).toEqual(['c', 'b']);
  await folder.write('d', 'x'.repeat(1_000));
  expect(await folder.names()).toEqual(['d']);
  const next = new RecordFolder<string>(directory, { most: 10, mostBytes: 1_100, oldestMs: 60_000 });
  await next.write('e', 'x'.repeat(98));
  expect(await next.names()).toEqual(['e']);
});

test('keeps the limit when many are written at once', async () => {
  const folder = new RecordFolder<number>(directory, { most: 3, mostBytes: MANY, oldestMs: 60_000 });
  await Promise.all(Array.from({ length: 10 }, (_, n) => folder.write(`agent-${n}`, n)));
  expect(await folder.names()).toHaveLength(3);
  expect(await readdir(directory)).toHaveLength(3);
});

test('takes a record that a loss of power has cut short for none, and one beside it for what it is', async () => {
  const limits = { most: 10, mostBytes: MANY, oldestMs: 60_000 };
  const before = new RecordFolder<{ readonly why: string }>(directory, limits);
  for (const name of ['whole', 'short', 'empty']) await before.write(name, { why: 'done' });
  await truncate(join(directory, 'short.json'), 5);
  await writeFile(join(directory, 'empty.json'), '');
  await writeFile(join(directory, 'No Name.json'), '{}');
  const folder = new RecordFolder<{ readonly why: string }>(directory, limits);
  const read = async (name: string) => [name, await folder.read(name)] as const;
  expect(new Map(await Promise.all((await folder.names()).map(read)))).toEqual(
    new Map([
      ['whole', { why: 'done' }],
      ['short', undefined],
      ['empty', undefined],
    ]),
  );
});

test.each(['../up', 'a/b', '', '.hidden', 'UPPER', 'a'.repeat(64)])('takes no path for a name: %j', async name => {
  const folder = new RecordFolder<number>(directory, { most: 2, mostBytes: MANY, oldestMs: 60_000 });
  await expect(folder.write(name, 1)).rejects.toThrow('is no name of an agent');
});
