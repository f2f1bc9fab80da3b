import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BAD_FILE_VARIABLES, BAD_FILES, useBadFileFolder } from '../../test/bad-files.js';
import { DEVICE_KEYS, kindOf } from '../model/device-rules.js';
import { configJsonSchema } from './json-schema.js';
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

it('has a wrong value of every key that the schema knows', () => {
  const told = BAD_FILES.flatMap(({ cases }) => cases.flatMap(({ says }) => says.map(keyOfWrongValue)));
  const keys = keysIn(configJsonSchema()).map(key => key.replace(/^pools\[\]\./, ''));
  expect(keys.length).toBeGreaterThan(100);
  expect(keys.filter(key => !told.some(other => isAt(other, key)))).toEqual([]);
});

it('has a wrong value of every key that a device of each kind may have', () => {
  const told = new Set(BAD_FILES.flatMap(({ cases }) => cases.flatMap(wrongKeysOfDevices)));
  const keys = Object.entries(DEVICE_KEYS).flatMap(([kind, names]) => names.map(name => `${kind} ${name}`));
  // By its type a device is of a kind: one that is wrong is of none.
  const wanted = keys.map(key => key.replace(/^\S+ type$/, 'undefined type'));
  expect(wanted.filter(key => !told.has(key))).toEqual([]);
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

interface Schema {
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

/** The keys of a schema: `azure.auth.pat`, `profiles[]` for what is in a list, `remotes.*` for names of a person's own. */
function keysIn({ additionalProperties, anyOf = [], items, properties = {} }: Schema, place = ''): readonly string[] {
  const under = (key: string, inner: Schema) => [key, ...keysIn(inner, key)];
  return [
    ...Object.entries(properties).flatMap(([name, inner]) => under(place === '' ? name : `${place}.${name}`, inner)),
    ...(typeof additionalProperties === 'object' ? under(`${place}.*`, additionalProperties) : []),
    ...(items === undefined ? [] : keysIn(items, `${place}[]`)),
    ...anyOf.flatMap(inner => keysIn(inner, place)),
  ];
}

/** The key whose value a message of the table refuses; empty where it is about a key that is unknown or not there. */
function keyOfWrongValue(message: string): string {
  const [, key = '', problem = ''] = /^\d+:\d+: (?!warning: )(\S+): (.+?); /.exec(message) ?? [];
  if (/^(?:unknown key|is missing|has no value)$/.test(problem)) return '';
  return key.replace(/^pools\[\d+\]\./, '').replaceAll(/\[\d+\]/g, '[]');
}

/** The keys of devices whose values are refused in a file, each behind the kind of its device: `gpu mode`. */
function wrongKeysOfDevices({ file, says }: { readonly file: string; readonly says: readonly string[] }) {
  return says.flatMap(message => {
    const [, device, key] = /^devices\.([^.]+)\.([^.]+)$/.exec(keyOfWrongValue(message)) ?? [];
    return device === undefined ? [] : [`${kindOf(parse(file).devices[device])} ${key}`];
  });
}

/** Whether a key of a file is one of the schema. */
function isAt(key: string, schemaKey: string): boolean {
  const [parts, wanted] = [key.split('.'), schemaKey.split('.')];
  return parts.length === wanted.length && wanted.every((part, i) => part === '*' || part === parts[i]);
}
