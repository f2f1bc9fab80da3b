import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BAD_FILE_VARIABLES, BAD_FILES, useBadFileFolder } from '../../test/bad-files.js';
import { parseConfig } from './load.js';
import { ConfigError, formatMessage } from './message.js';

const HOST = { variables: BAD_FILE_VARIABLES, hostname: 'ci1', cores: 4, memoryBytes: 16 * 2 ** 30 };

const directory = useBadFileFolder();

async function messagesOf(text: string): Promise<readonly string[]> {
  try {
    await parseConfig(text, join(directory(), 'config.yaml'), HOST);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.messages.map(message =>
      formatMessage({ ...message, file: '' })
        .slice(1)
        .replaceAll(directory(), 'DIR'),
    );
  }
}

describe.each(BAD_FILES)('$group', ({ cases }) => {
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
