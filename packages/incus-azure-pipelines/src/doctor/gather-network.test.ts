import { expect, test } from 'vitest';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { gatherNetwork } from './gather-network.js';

const { signal } = new AbortController();
const NIC = { type: 'nic', network: 'incusbr0' };
const aProject = (name: string, config: Readonly<Record<string, string>> = {}) => ({ name, description: '', config });
const OWN = { 'features.networks': 'true' };
const CI = aProject('ci', { 'features.networks': 'false' });

/** One of them goes while it is asked. */
const OTHERS = [aProject('others'), aProject('gone'), aProject('apart', OWN)];

/** Who has which addresses of the network, by project. */
const LEASES: Readonly<Record<string, readonly object[]>> = {
  default: [
    { address: '10.9.8.1', type: 'gateway' },
    { address: '10.9.8.2', type: 'dynamic' },
    { address: 'fd42::2', type: 'dynamic' },
  ],
  ci: [{ address: '10.9.8.3', type: 'dynamic' }],
  others: [
    { address: '10.9.8.4', type: 'dynamic' },
    { address: '10.9.8.5', type: 'dynamic' },
  ],
  apart: [{ address: '10.7.0.9', type: 'dynamic' }],
};

/** How many addresses of the network are given out, as this client is told. */
async function leases(project: ReturnType<typeof aProject>, seesAll: boolean): Promise<number | undefined> {
  await using incus = await ScriptedIncus.start((call, query) => {
    if (call === 'GET /1.0/projects') return [aProject('default', OWN), CI, ...OTHERS];
    if (call === 'GET /1.0/networks/incusbr0/leases') return LEASES[query.get('project') ?? 'default'] ?? 404;
    if (call === 'GET /1.0/networks/incusbr0')
      return { name: 'incusbr0', managed: true, type: 'bridge', config: { 'ipv4.address': '10.9.8.1/24' } };
    return 404;
  });
  return (await gatherNetwork(incus.client, NIC, { project, seesAll }, signal))?.leases;
}

test('addresses that guests of other projects have on the same network count, those of an own network do not', async () => {
  expect(await leases(CI, true)).toBe(4);
});

test('a project with networks of its own shares them with nobody', async () => {
  expect(await leases(aProject('apart', OWN), false)).toBe(1);
});

test('a client that may not see other projects does not say how many are given out', async () => {
  expect(await leases(CI, false)).toBeUndefined();
});
