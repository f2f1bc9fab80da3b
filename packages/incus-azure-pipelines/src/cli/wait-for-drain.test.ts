import { expect, test } from 'vitest';
import type { StatusDocument } from '../report/status-document.js';
import { leftIn, unreadIn } from './wait-for-drain.js';

type Pool = StatusDocument['pools'][number];

const idle = { name: 'ci-1', phase: 'idle', since: 0 } as const;
const busy = { name: 'ci-2', phase: 'busy', since: 0, job: 'build' } as const;

function status(...pools: readonly Partial<Pool>[]): StatusDocument {
  const incus = { readable: true, since: 0 };
  const plain: Pool = {
    name: 'linux',
    agentPool: 'default',
    azure: incus,
    registration: 'host',
    agentCount: 2,
    target: 0,
    wants: 'no agents, since a person drains it',
    reserve: 0,
    decided: [],
    live: 0,
    prepared: 0,
    preparing: 0,
    listening: 0,
    drained: true,
    agents: [],
    underWay: [],
    backingOff: [],
  };
  return { at: 0, owner: 'a1b2c3', incus, pools: pools.map(pool => ({ ...plain, ...pool })), removed: [] };
}

const all = { pool: undefined, agent: undefined };

test('nothing is left of pools that are drained and empty', () => {
  expect(leftIn(status({}, { name: 'big' }), all)).toEqual([]);
});

test('a status from before the wish says nothing yet', () => {
  expect(leftIn(status({ drained: false }), all)).toBe('Waiting for the daemon to look.');
});

test('an Incus that cannot be read is never taken for an empty one', () => {
  const unread = { ...status({}), incus: { readable: false, since: 0, error: 'it is away' } };
  for (const scope of [all, { ...all, pool: 'linux' }, { ...all, agent: 'ci-2' }])
    expect(leftIn(unread, scope)).toBe('Waiting for Incus, which cannot be read: it is away.');
});

const old = {
  name: 'old',
  fate: 'is told elsewhere',
  unread: false,
  agents: [busy],
  underWay: [],
  backingOff: [],
} as const;

test('what pools have left that are not in the file any more is waited for too, unless one pool is meant', () => {
  const removed = [old];
  const pools = { ...status({}), removed };
  expect(leftIn(pools, all)).toEqual(['ci-2 (busy, build)']);
  expect(leftIn(pools, { ...all, agent: 'ci-2' })).toEqual(['ci-2 (busy, build)']);
  expect(leftIn(pools, { ...all, pool: 'linux' })).toEqual([]);
});

test('what such pools have left is named, and not waited for, where nobody reads their agent pool', () => {
  const unread = { ...old, unread: true, agents: [{ ...idle, name: 'ci-3', phase: 'unclear' as const }] };
  const pools = { ...status({}), removed: [old, unread] };
  expect(leftIn(pools, all)).toEqual(['ci-2 (busy, build)']);
  expect(leftIn({ ...pools, removed: [unread] }, all)).toEqual([]);
  expect(unreadIn(pools, all)).toEqual(['ci-3']);
  expect(unreadIn(pools, { ...all, pool: 'linux' })).toEqual([]);
});

test('a job whose machine is gone is not waited for', () => {
  expect(leftIn(status({ agents: [{ ...busy, phase: 'orphan' }] }), all)).toEqual([]);
});

test('what is left is told with what it does, instances that are being made included', () => {
  const underWay = [{ action: 'create-instance', on: 'ci-3', reason: 'below target' }];
  expect(leftIn(status({ agents: [idle, busy], underWay }), all)).toEqual([
    'ci-1 (idle)',
    'ci-2 (busy, build)',
    'ci-3 (being made)',
  ]);
});

test('only the pool that is drained is waited for', () => {
  const pools = status({}, { name: 'big', drained: false, agents: [busy] });
  expect(leftIn(pools, { ...all, pool: 'linux' })).toEqual([]);
});

test('only the agent that is drained is waited for', () => {
  const pools = status({ drained: false, agents: [idle, busy] });
  expect(leftIn(pools, { ...all, agent: 'ci-2' })).toEqual(['ci-2 (busy, build)']);
  expect(leftIn(pools, { ...all, agent: 'ci-9' })).toEqual([]);
});
