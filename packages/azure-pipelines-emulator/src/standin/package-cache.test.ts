import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { usePackage } from './package-cache.js';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'package-cache-'));
});

afterEach(() => rm(directory, { recursive: true }));

const nameOf = (n: number) => n.toString(16).padStart(16, '0');

async function use(n: number, at: number): Promise<void> {
  await mkdir(join(directory, nameOf(n)), { recursive: true });
  await writeFile(join(directory, nameOf(n), 'package.tar.gz'), '');
  await usePackage(directory, nameOf(n), at);
}

it('keeps the four packages that were used last', async () => {
  for (const n of [0, 1, 2, 3, 4, 5]) await use(n, NOW + n * 2 * HOUR_MS);
  expect((await readdir(directory)).sort()).toEqual([2, 3, 4, 5].map(nameOf));
});

it('keeps a package by using it, however old its content is', async () => {
  for (const n of [0, 1, 2, 3, 0, 4, 5]) await use(n, NOW + (await readdir(directory)).length * 2 * HOUR_MS + n);
  expect(await readdir(directory)).toContain(nameOf(0));
});

it('keeps more than that while they may be in use', async () => {
  for (const n of [0, 1, 2, 3, 4, 5]) await use(n, NOW + n);
  expect(await readdir(directory)).toHaveLength(6);
});

it('leaves alone what is no package', async () => {
  await mkdir(join(directory, 'notes'));
  for (const n of [0, 1, 2, 3, 4, 5]) await use(n, NOW + n * 2 * HOUR_MS);
  expect(await readdir(directory)).toContain('notes');
});
