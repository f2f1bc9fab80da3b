import { expect, test } from 'vitest';
import { ScriptedIncus, STARTED, WAIT } from '../../test/scripted-incus.js';
import { aPool } from '../../test/simulation/examples.js';
import { awaitAddresses, gatherGuest, signInsElsewhere } from './gather-guest.js';

const { signal } = new AbortController();
const AROUND = { network: undefined, isolationOff: undefined, password: undefined, signIns: new Map() };

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

test('a guest that cannot be looked into is lost, and not taken for one that says nothing', async () => {
  const state = { network: { eth0: { addresses: [{ address: '10.9.8.7', scope: 'global' }] } } };
  await using incus = await ScriptedIncus.start(call => {
    if (call === 'GET /1.0/instances') return [];
    if (call.startsWith('GET /1.0/instances/')) return state;
    return call === WAIT ? { id: STARTED.id, status_code: 200, metadata: { return: 0 } } : STARTED;
  });
  const spec = aPool();
  const source = {
    source: { type: 'copy', source: 'a-base' },
    from: 'base a-base',
    docker: false,
    spec,
    pools: [spec],
    profile: { rootDisk: {}, nic: { name: 'eth0', device: {} } },
  } as const;
  // This Incus has no streams for the scripts.
  expect((await gatherGuest(incus.client, source, AROUND, signal)).guest).toMatchObject({
    known: false,
    kind: 'lost',
    error: expect.stringContaining('offered no streams'),
  });
  expect(incus.calls.at(-2)?.call).toMatch(/^DELETE \/1\.0\/instances\/iap-doctor-/);
});

test('where agents sign in is tried once, and not where it is the server itself', () => {
  const [team, other, own] = ['https://dev.azure.com/team', 'https://dev.azure.com/other', 'http://tfs.lan:8080/tfs'];
  const signIns = new Map([
    [team, 'https://vssps.dev.azure.com'],
    [other, 'https://vssps.dev.azure.com'],
    [own, 'http://tfs.lan:8080'],
  ]);
  expect(signInsElsewhere([team, other, own, 'https://dev.azure.com/untold'], signIns)).toEqual([
    'https://vssps.dev.azure.com',
  ]);
});
