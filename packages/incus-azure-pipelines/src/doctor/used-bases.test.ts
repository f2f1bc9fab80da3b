import { expect, test } from 'vitest';
import type { BaseRecord, InstanceRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { usedBases } from './used-bases.js';

const base = (name: string, given: Partial<BaseRecord> = {}) =>
  ({
    name,
    pool: 'linux',
    ready: true,
    contract: CONTRACT,
    createdAt: 1,
    own: '',
    agentVersion: '4',
    docker: true,
    provenFor: [],
    ...given,
  }) as BaseRecord;

/** Which base each pool uses, by name. */
function used(
  bases: readonly BaseRecord[],
  own: Readonly<Record<string, string>> = {},
  instances: readonly Partial<InstanceRecord>[] = [],
) {
  const pools = [{ name: 'linux' }, { name: 'arm' }];
  const found = usedBases(pools, {
    bases,
    own: new Map(Object.entries(own)),
    instances: instances as InstanceRecord[],
  });
  return Object.fromEntries(found.flatMap(({ name, pools: users }) => users.map(pool => [pool, name])));
}

test('each pool has its own base looked at, not the newest of all', () => {
  expect(used([base('a'), base('b', { pool: 'arm', createdAt: 2 })])).toEqual({ linux: 'a', arm: 'b' });
});

test('pools of one shape share a base, whose mark names but one of them', () => {
  expect(used([base('a', { own: 'v2-same' })], { linux: 'v2-same', arm: 'v2-same' })).toEqual({ linux: 'a', arm: 'a' });
});

test('a base that is configured now, and proven, comes before all others', () => {
  const bases = [
    base('old', { provenFor: ['linux'], createdAt: 9 }),
    base('now', { own: 'v2-now', provenFor: ['linux'] }),
  ];
  expect(used(bases, { linux: 'v2-now' })).toEqual({ linux: 'now' });
});

test('while it is not proven the pool goes on with the proven one that it had', () => {
  const bases = [base('had', { provenFor: ['linux'] }), base('now', { own: 'v2-now', createdAt: 9 })];
  expect(used(bases, { linux: 'v2-now' })).toEqual({ linux: 'had' });
  expect(used(bases.slice(1), { linux: 'v2-now' })).toEqual({ linux: 'now' });
});

test('one whose agents are there is used, though it names another pool', () => {
  expect(used([base('a')], {}, [{ pool: 'arm', base: 'a' }])).toEqual({ linux: 'a', arm: 'a' });
});

test('one that is not ready, or of another contract, is used by nobody', () => {
  expect(used([base('a', { ready: false }), base('b', { contract: '0' })])).toEqual({});
});
