import { expect, test } from 'vitest';
import { awaitAddresses } from './gather-guest.js';

const { signal } = new AbortController();

/** What a guest has when it has been looked at so often, and how many looks it took. */
async function awaited(wantsIpv4: boolean, ...looks: readonly (readonly string[])[]) {
  let count = 0;
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const clock = { now: () => now, sleep };
  const look = async () => {
    const addresses = (looks[count++] ?? looks.at(-1) ?? []).map(address => ({ address, scope: 'global' }));
    return { network: { eth0: { addresses } } } as never;
  };
  return { addresses: await awaitAddresses(look, wantsIpv4, clock, signal), count };
}

test('an address of IPv6 does not end the wait for one of IPv4', async () => {
  const both = ['fd42::7', '10.9.8.7'];
  expect(await awaited(true, [], ['fd42::7'], both)).toEqual({ addresses: both, count: 3 });
});

test('where IPv4 does not come, what there is is told in the end', async () => {
  expect((await awaited(true, ['fd42::7'])).addresses).toEqual(['fd42::7']);
});

test('where the network gives out no IPv4, any address will do', async () => {
  expect(await awaited(false, [], ['fd42::7'])).toEqual({ addresses: ['fd42::7'], count: 2 });
});
