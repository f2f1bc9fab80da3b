import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { fittingsObstacle, missingPlaces, namedStorages } from './fittings.js';

const ANSWERS: Readonly<Record<string, object>> = {
  'GET /1.0/profiles/gpu': { name: 'gpu', config: {}, devices: { gpu: { type: 'gpu' } } },
  'GET /1.0/profiles/root': { name: 'root', config: { 'security.privileged': 'true' }, devices: {} },
  'GET /1.0/networks': [
    { name: 'ci', managed: true },
    { name: 'eth0', managed: false },
  ],
  'GET /1.0/storage-pools': [{ name: 'fast', driver: 'zfs', config: {} }],
  'GET /1.0/storage-pools/fast': { name: 'fast', driver: 'zfs', config: {} },
};

let incus: ScriptedIncus;
const { signal } = new AbortController();

beforeEach(async () => {
  incus = await ScriptedIncus.start(call => ANSWERS[call] ?? 404);
});
afterEach(() => incus[Symbol.asyncDispose]());

it.each([
  [['gpu'], undefined],
  [['gpu', 'root'], /^pool "linux" asks for profile "root": profile "root" sets security\.privileged, /],
  [['none'], /^pool "linux" asks for profile "none", and Incus project "ci" has none of that name$/],
])('profiles %j are judged as they are', async (profiles, says) => {
  const obstacle = await fittingsObstacle(
    incus.client.withProject('ci'),
    { name: 'linux', fittings: { profiles } },
    signal,
  );
  if (says === undefined) expect(obstacle).toBeUndefined();
  else expect(obstacle?.what).toMatch(says);
});

it('tells of networks and storage pools that are not there, unmanaged ones among them', async () => {
  const missing = (network: string, storagePool: string) =>
    missingPlaces(incus.client, [{ name: 'linux', fittings: { network, storagePool } }], signal);
  expect(await missing('ci', 'fast')).toEqual([]);
  expect(await missing('eth0', 'slow')).toEqual([
    {
      what: 'pool "linux" asks for network "eth0", and Incus has none of that name',
      remedy: 'there are ci; correct networkName, or make it',
    },
    {
      what: 'pool "linux" asks for storage pool "slow", and Incus has none of that name',
      remedy: 'there are fast; correct storagePool, or make it',
    },
  ]);
});

it('knows what the storage pools of pools can do', async () => {
  const pools = [
    { name: 'a', fittings: { storagePool: 'fast' } },
    { name: 'b' },
    { name: 'c', fittings: { storagePool: 'hidden' } },
  ];
  expect([...(await namedStorages(incus.client, pools, signal))]).toEqual([
    ['fast', { pool: 'fast', driver: 'zfs', copiesOnWrite: true }],
  ]);
});
