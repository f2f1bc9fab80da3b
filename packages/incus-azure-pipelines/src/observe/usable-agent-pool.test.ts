import type { TaskAgentPool } from 'azure-pipelines-client';
import { expect, test } from 'vitest';
import { usableAgentPool } from './usable-agent-pool.js';

const signal = new AbortController().signal;

function find(pool: Partial<TaskAgentPool> | undefined): Promise<number> {
  const found = pool && { id: 7, name: 'linux', ...pool };
  const client = { url: 'https://dev.azure.com/team', pools: { findByName: async () => found } };
  return usableAgentPool(client, 'linux', signal);
}

test('takes a self-hosted pool, also when the server tells no more than its id', async () => {
  expect(await find({ isHosted: false, poolType: 'automation', options: 'none' })).toBe(7);
  expect(await find({})).toBe(7);
});

test.each([
  [undefined, 'no agent pool "linux" at https://dev.azure.com/team'],
  [{ isHosted: true }, 'is hosted by Microsoft'],
  [{ poolType: 'deployment' as const }, 'is a deployment pool'],
  [{ options: 'elasticPool' }, 'belongs to a scale set'],
  [{ options: 'singleUseAgents, elasticPool' }, 'belongs to a scale set'],
])('refuses %j', async (pool, reason) => {
  await expect(find(pool)).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(reason) });
});
