import { expect, it } from 'vitest';
import { configJsonSchema } from './json-schema.js';

const schema = configJsonSchema();

it('knows every key of the first example, and refuses unknown ones', () => {
  const example = [
    'projectName',
    'agentCount',
    'baseImage',
    'maxCores',
    'maxRamInGb',
    'tmpfsSizeInGb',
    'provisionScripts',
    'azure',
  ];
  expect(Object.keys(schema.properties as object)).toEqual(expect.arrayContaining(example));
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      agentCount: { type: 'integer', minimum: 0, maximum: 1000 },
      provisionScripts: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'object' }] } },
      azure: { properties: { url: { type: 'string' }, pool: { type: 'string' } }, additionalProperties: false },
    },
  });
});

it('has durations as text with their defaults, and marks the token as not to be shown', () => {
  expect(schema).toMatchObject({
    properties: {
      reconcileInterval: { type: 'string', default: '15s', pattern: expect.any(String) },
      azure: { properties: { pat: { anyOf: [{ type: 'string', writeOnly: true }, { type: 'object' }] } } },
    },
  });
});

it('wants either one pool or a list of them', () => {
  expect(schema.anyOf).toEqual([{ required: ['pools'] }, { required: ['agentCount', 'baseImage', 'azure'] }]);
});

it('has a sentence for every key', () => {
  const silent = Object.entries(schema.properties as Record<string, { description?: string }>)
    .filter(([, property]) => property.description?.endsWith('.') !== true)
    .map(([name]) => name);
  expect(silent).toEqual([]);
});
