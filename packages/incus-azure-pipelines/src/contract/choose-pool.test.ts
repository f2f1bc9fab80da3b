import { expect, test } from 'vitest';
import { choosePool } from './choose-pool.js';

const POOLS = [
  { azure: { url: 'https://dev.azure.com/contoso', agentPool: 'linux' } },
  { azure: { url: 'https://dev.azure.com/contoso', agentPool: 'scratch' } },
  { azure: { url: 'https://dev.azure.com/fabrikam', agentPool: 'scratch' } },
];

test.each([
  ['with that agent pool', { agentPool: 'Scratch', url: undefined }, POOLS[1]],
  ['with that agent pool on that server', { agentPool: 'scratch', url: 'https://dev.azure.com/fabrikam' }, POOLS[2]],
  ['of a URL that is written otherwise', { agentPool: 'scratch', url: 'https://DEV.azure.com/contoso/' }, POOLS[1]],
  ['that is the first on that server, where none has it', { agentPool: 'other', url: undefined }, POOLS[0]],
  [
    'that is none, where there is no such server',
    { agentPool: 'linux', url: 'https://dev.azure.com/other' },
    undefined,
  ],
])('of configured pools the one is chosen %s', (_, wanted, chosen) => {
  expect(choosePool(POOLS, wanted)).toBe(chosen);
});
