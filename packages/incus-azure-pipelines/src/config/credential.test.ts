import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialSource } from './credential.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credential-'));
});

afterAll(() => rm(directory, { recursive: true }));

const HOST = { variables: { AZURE_PAT: ' from-variable\n' }, hostname: 'ci1', cores: 1, memoryBytes: 2 ** 30 };

const source = (settings: Parameters<typeof credentialSource>[0]) =>
  credentialSource(settings, 'linux', directory, HOST);

it.each([
  ['text', ' from-text\n', 'from-text'],
  ['a variable', { env: 'AZURE_PAT' }, 'from-variable'],
])('gives a token from %s without the white space around it', async (_, settings, token) => {
  expect((await source(settings).read()).reveal()).toBe(token);
});

it('reads a file again each time', async () => {
  const pat = source({ file: 'pat' });
  await writeFile(join(directory, 'pat'), 'first\n');
  expect((await pat.read()).reveal()).toBe('first');
  await writeFile(join(directory, 'pat'), 'second\n');
  expect((await pat.read()).reveal()).toBe('second');
});

it('says which pool, which file and what to do when the file has gone', async () => {
  await expect(source({ file: 'gone' }).read()).rejects.toThrow(
    `read the token of pool "linux": there is no file ${join(directory, 'gone')}; put the token into it, or correct the path`,
  );
});
