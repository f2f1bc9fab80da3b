import { expect, test } from 'vitest';
import type { StatusDocument } from '../report/status.js';
import { drain, leftIn, resume } from './drain.js';

type Pool = StatusDocument['pools'][number];

const silent = { write: () => {}, complain: () => {} };
const socket = '/nowhere/control.sock';
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
  expect(leftIn(status({ drained: false }), all)).toBeUndefined();
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

test.each([
  ['a pool and an agent', 'linux', { agent: 'ci-1' }, 'give a pool, or --agent, or --host'],
  ['an agent and the host', undefined, { agent: 'ci-1', host: true }, 'give a pool, or --agent, or --host'],
  ['a pool until the next boot', 'linux', { untilBoot: true }, '--until-boot is for the host alone'],
  ['a time without a wait', undefined, { timeout: '1m' }, '--timeout bounds --wait'],
  ['a time that is none', undefined, { wait: true, timeout: 'soon' }, '--timeout soon is no duration'],
])('refuses %s before it asks the daemon', async (_, pool, options, message) => {
  await expect(drain(pool, { socket, ...options }, silent)).rejects.toThrow(message);
});

test('resume refuses a pool and an agent at once', async () => {
  await expect(resume('linux', { socket, agent: 'ci-1' }, silent)).rejects.toThrow('not both');
});
