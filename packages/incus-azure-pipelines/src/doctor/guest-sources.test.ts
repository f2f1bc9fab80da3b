import { expect, test } from 'vitest';
import { aProject } from '../../test/doctor-facts.js';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { aPool } from '../../test/simulation/examples.js';
import { agentSources, guestSources } from './guest-sources.js';

const { signal } = new AbortController();
const base = (name: string, ...pools: readonly string[]) => ({ name, agentVersion: '4', docker: true, pools });
const pool = (name: string, cores?: number) => {
  const spec = aPool({ name });
  return { ...spec, instance: { ...spec.instance, cores } };
};

test('each base is tried once, for all pools that share it; an image only for a pool without one', async () => {
  await using incus = await ScriptedIncus.start(() => ({ target: 'f1', name: 'debian' }));
  const pools = [pool('a'), pool('b'), pool('c'), pool('d')];
  const bases = [base('one', 'a', 'c'), base('two', 'b')];
  const sources = await guestSources(incus.client, pools, aProject({ bases }), signal);
  expect(sources.map(({ from, pools: users }) => [from, users.map(({ name }) => name)])).toEqual([
    ['base one', ['a', 'c']],
    ['base two', ['b']],
    [expect.stringMatching(/^image /), ['d']],
  ]);
  expect(sources[0]).toMatchObject({ profile: { rootDisk: { pool: 'fast' } }, docker: true });
});

test('proofs are for each shape of instance, and for guests of a base alone', async () => {
  await using incus = await ScriptedIncus.start(() => ({ target: 'f1', name: 'debian' }));
  const pools = [pool('a', 2), pool('b', 4), pool('c', 2), pool('d')];
  const sources = await guestSources(incus.client, pools, aProject({ bases: [base('one', 'a', 'b', 'c')] }), signal);
  expect(agentSources(sources).map(({ pools: users, spec }) => [spec.name, users.map(({ name }) => name)])).toEqual([
    ['a', ['a', 'c']],
    ['b', ['b']],
  ]);
});
