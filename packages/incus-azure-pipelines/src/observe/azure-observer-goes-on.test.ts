import { expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { AzureObserver } from './azure-observer.js';

test('an observer goes on from what another has read, and knows whom that has seen', async () => {
  const agents = [{ id: 1, name: 'host-a1b2c3-lxyz12ab', status: 'online' as const }];
  const listed = [agents, []];
  const client = {
    url: 'https://dev.azure.com/team',
    pools: { findByName: async () => ({ id: 7, name: 'linux' }) },
    agents: { get: async () => Promise.reject(new Error('is not asked for')), list: async () => listed.shift() ?? [] },
  };
  const clock = new FakeClock(1_000_000);
  const options = { client, agentPool: 'linux', pollIntervalMs: 10_000, clock, random: () => 0.5 };
  const { signal } = new AbortController();
  const before = new AzureObserver(options);
  await before.read(signal);
  await before.read(signal);
  const after = new AzureObserver(options);
  after.continueFrom(before);
  expect(after.reading).toBe(before.reading);
  expect([...after.readers.owners]).toEqual(['a1b2c3']);
});
