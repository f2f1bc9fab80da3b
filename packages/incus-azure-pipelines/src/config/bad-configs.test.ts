import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from './load.js';
import { ConfigError, formatMessage } from './message.js';

const CASES = join(import.meta.dirname, 'bad-configs');
const HOST = { variables: { EMPTY: ' ' }, hostname: 'ci1', cores: 4, memoryBytes: 16 * 2 ** 30 };
const caseSchema = z.array(z.strictObject({ name: z.string(), file: z.string(), says: z.array(z.string()).min(1) }));

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bad-configs-'));
  await writeFile(join(directory, 'script'), '#!/bin/sh\ntrue\n');
  await writeFile(join(directory, 'binary'), Uint8Array.of(0xff, 0xfe, 0x00));
  await writeFile(join(directory, 'two-words'), 'one two\n', { mode: 0o600 });
});

afterAll(() => rm(directory, { recursive: true }));

async function messagesOf(text: string): Promise<readonly string[]> {
  try {
    await parseConfig(text, join(directory, 'config.yaml'), HOST);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.messages.map(message =>
      formatMessage({ ...message, file: '' })
        .slice(1)
        .replaceAll(directory, 'DIR'),
    );
  }
}

describe.each(readdirSync(CASES))('%s', group => {
  const cases = caseSchema.parse(parse(readFileSync(join(CASES, group), 'utf8')));

  it.each(cases)('tells of $name', async ({ file, says }) => {
    expect(await messagesOf(file)).toEqual(says);
  });

  it.each(cases)('shows no token with $name', async ({ file }) => {
    expect((await messagesOf(file)).join('\n')).not.toMatch(/s3cr3t|t0k3n|8675309/);
  });
});

it('tells of everything in one reading, in the order of the lines', async () => {
  const text = `agentCount: two
maxCore: 2
provisionScripts: [nowhere]
azure:
  url: https://dev.azure.com/<org>
  pat: x
reconcileInterval: 15
`;
  expect((await messagesOf(text)).map(message => message.split(': ', 2).join(': '))).toEqual([
    '1:1: baseImage',
    '1:13: agentCount',
    '2:1: maxCore',
    '3:20: provisionScripts[0]',
    '4:1: azure.pool',
    '5:8: azure.url',
    '7:20: reconcileInterval',
  ]);
});
