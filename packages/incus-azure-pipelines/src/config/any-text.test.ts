import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from './load.js';
import { ConfigError } from './message.js';
import { fileSchema } from './schema.js';

const HOST = { variables: {}, hostname: 'ci1', cores: 4, memoryBytes: 2 ** 34 };

async function messagesOf(text: string): Promise<ConfigError['messages']> {
  try {
    return (await parseConfig(text, '/nowhere/config.yaml', HOST)).warnings;
  } catch (error) {
    if (error instanceof ConfigError) return error.messages;
    throw error;
  }
}

const bytes = fc.uint8Array().map(codes => String.fromCharCode(...codes));

it('answers any text with messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), bytes, fc.json()), async text => {
      expect(await messagesOf(text)).not.toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it('answers any values of the known keys with messages that stand in the file, each on one line', async () => {
  const keys = fc.constantFrom(...Object.keys(fileSchema.shape), 'pat', 'url', 'pool');
  const value = fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 1 }), tie('map'), fc.array(tie('map'), { maxLength: 2 })),
    map: fc.dictionary(keys, tie('any'), { maxKeys: 5 }),
  }));
  await fc.assert(
    fc.asyncProperty(value.map, async file => {
      const text = stringify(file);
      const lines = text.split('\n');
      for (const { line, column, problem, remedy } of await messagesOf(text)) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        expect(`${problem}; ${remedy}`).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 100 },
  );
});
