import { expect, it } from 'vitest';
import { suggest } from './suggest.js';

const KEYS = ['agentCount', 'agentPrefix', 'maxCores', 'maxRamInGb', 'env', 'http'];

it.each([
  ['agentCout', 'agentCount'],
  ['agnetCount', 'agentCount'],
  ['agent_count', 'agentCount'],
  ['max-cores', 'maxCores'],
  ['maxRamInGB', 'maxRamInGb'],
  ['evn', 'env'],
  ['https', 'http'],
])('takes %s for %s', (written, meant) => {
  expect(suggest(written, KEYS)).toBe(meant);
});

it.each(['colour', 'e', '', 'maximumOfAll', 'x'.repeat(10_000)])(
  'guesses nothing for what is far from all',
  written => {
    expect(suggest(written, KEYS)).toBeUndefined();
  },
);
