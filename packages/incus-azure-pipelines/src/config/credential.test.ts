import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WayOut } from '../lib/way-out.js';
import type { SecretSettings } from './auth-schema.js';
import { tokenSources } from './credential.js';
import type { PoolEntry } from './pool-entry.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credential-'));
});

afterAll(() => rm(directory, { recursive: true }));

const HOST = { variables: { AZURE_PAT: ' from-variable\n' }, hostname: 'ci1', cores: 1, memoryBytes: 2 ** 30 };
const { signal } = new AbortController();

function entry(name: string, azure: PoolEntry['settings']['azure']): PoolEntry {
  return { name, settings: { azure }, path: (...keys) => keys };
}

function askFor(pat: SecretSettings, nested: boolean) {
  const sources = tokenSources([entry('linux', nested ? { auth: { pat } } : { pat })], directory, HOST, new WayOut());
  return async () => (await sources.get('linux')?.ask(signal))?.secret.reveal();
}

it.each([
  ['text', ' from-text\n', 'from-text', false],
  ['a variable', { env: 'AZURE_PAT' }, 'from-variable', false],
  ['text under auth', 'from-text', 'from-text', true],
])('gives a token from %s without the white space around it', async (_, settings, token, nested) => {
  expect(await askFor(settings, nested)()).toBe(token);
});

it('reads a file again each time', async () => {
  const ask = askFor({ file: 'pat' }, false);
  await writeFile(join(directory, 'pat'), 'first\n');
  expect(await ask()).toBe('first');
  await writeFile(join(directory, 'pat'), 'second\n');
  expect(await ask()).toBe('second');
});

it('says which pool, which file and what to do when the file has gone', async () => {
  await expect(askFor({ file: 'gone' }, false)()).rejects.toThrow(
    `read the token of pool "linux": there is no file ${join(directory, 'gone')}; put the token into it, or correct the path`,
  );
});

it('runs a program whose path is relative to the file, with its arguments as they are', async () => {
  await writeFile(join(directory, 'print'), '#!/bin/sh\necho "$1"\n', { mode: 0o755 });
  const auth = { command: { run: ['./print', '$HOME;x'], prints: 'pat' as const } };
  const source = tokenSources([entry('linux', { auth })], directory, HOST, new WayOut()).get('linux');
  expect(source?.kind).toBe('pat');
  expect((await source?.ask(signal))?.secret.reveal()).toBe('$HOME;x');
});

it('asks once for pools that share a way to sign in', () => {
  const auth = { managedIdentity: {} };
  const pools = [entry('small', { auth }), entry('large', { auth }), entry('own', { auth: { managedIdentity: {} } })];
  const sources = tokenSources(pools, directory, HOST, new WayOut());
  expect(sources.get('large')).toBe(sources.get('small'));
  expect(sources.get('own')).not.toBe(sources.get('small'));
});
