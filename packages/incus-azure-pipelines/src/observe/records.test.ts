import type { Instance } from 'incus-client';
import { describe, expect, test } from 'vitest';
import { anIncusInstance } from '../../test/an-incus-instance.js';
import { NOW } from '../../test/simulation/examples.js';
import { MARKS } from '../model/marks.js';
import { recordsOf } from './records.js';
import { Rings } from './rings.js';

const OWNER_ID = '6f1c';
const marks = {
  [MARKS.owner]: OWNER_ID,
  [MARKS.pool]: 'linux',
  [MARKS.base]: 'base-1',
  [MARKS.shape]: 'f0',
  [MARKS.contract]: '7',
};

function instanceOf(given: Partial<Instance>, rings = new Rings()) {
  return recordsOf([anIncusInstance({ config: marks, ...given })], OWNER_ID, rings).instances[0];
}

test('an instance of ours is told by its marks', () => {
  expect(instanceOf({ config: { ...marks, [MARKS.activated]: String(NOW + 5) } })).toEqual({
    name: 'one',
    pool: 'linux',
    status: 'running',
    base: 'base-1',
    shape: 'f0',
    contract: '7',
    createdAt: NOW,
    activatedAt: NOW + 5,
    rangSinceChange: false,
    noisy: false,
    isWeighed: false,
  });
});

describe('the user ids of an instance', () => {
  const isolated = { ...marks, 'security.idmap.isolated': 'true' };
  test.each([
    ['are told where it has some of its own', { ...isolated, 'volatile.idmap.base': '1065536' }, 'none/1065536'],
    ['are not there yet where Incus has not written them down', isolated, 'not yet'],
    [
      'are of no account where guests share a range',
      { ...marks, 'security.idmap.isolated': 'false', 'volatile.idmap.base': '0' },
      undefined,
    ],
    ['are of no account where it does not say', { ...marks, 'volatile.idmap.base': '0' }, undefined],
  ])('%s', (_, config, expected) => {
    expect(instanceOf({ config })?.idsFrom).toBe(expected);
    const base = anIncusInstance({ config: { ...config, [MARKS.baseState]: 'building' } });
    expect(recordsOf([base], OWNER_ID, new Rings()).bases[0]?.idsFrom).toBe(expected);
  });
});

test('an instance that does not say its shape or contract has none that we know', () => {
  expect(instanceOf({ config: { [MARKS.owner]: OWNER_ID } })).toMatchObject({ shape: '', contract: '' });
});

describe('what is not ours is not looked at', () => {
  test.each([
    ['no owner', {}],
    ['another owner', { ...marks, [MARKS.owner]: '6f1d' }],
    ['an owner that begins like ours', { ...marks, [MARKS.owner]: `${OWNER_ID}0` }],
  ])('%s', (_, config) => {
    expect(recordsOf([anIncusInstance({ config })], OWNER_ID, new Rings())).toEqual({ instances: [], bases: [] });
  });
});

test.each([
  ['Ready', 'ready'],
  ['Running', 'running'],
  ['Frozen', 'running'],
  ['Starting', 'running'],
  ['Stopped', 'stopped'],
  ['Error', 'error'],
])('Incus says %s: %s', (status, expected) => {
  expect(instanceOf({ status })?.status).toBe(expected);
});

test.each([
  ['ready', true],
  ['building', false],
])('a base that is %s is a base and no instance', (state, ready) => {
  const config = { ...marks, [MARKS.baseState]: state, [MARKS.baseAgentVersion]: '4.1.0' };
  expect(recordsOf([anIncusInstance({ status: 'Stopped', config })], OWNER_ID, new Rings())).toEqual({
    instances: [],
    bases: [
      {
        name: 'one',
        pool: 'linux',
        ready,
        contract: '7',
        createdAt: NOW,
        own: '',
        image: '',
        checkedAt: NOW,
        agentVersion: '4.1.0',
        docker: false,
        copyCost: undefined,
        provenFor: [],
      },
    ],
  });
});

test('a base says what is in it, what it was built from, and which pools saw it work', () => {
  const config = {
    ...marks,
    [MARKS.baseState]: 'ready',
    [MARKS.baseProven]: 'a pool,other',
    [MARKS.baseOwn]: 'v2-1',
    [MARKS.baseImage]: 'abc',
    [MARKS.baseCheckedAt]: '7',
    [MARKS.baseCopy]: '3200 400',
    'security.nesting': 'true',
  };
  expect(recordsOf([anIncusInstance({ status: 'Stopped', config })], OWNER_ID, new Rings()).bases).toMatchObject([
    {
      docker: true,
      provenFor: ['a pool', 'other'],
      own: 'v2-1',
      image: 'abc',
      checkedAt: 7,
      copyCost: { ms: 3200, bytes: 400 },
    },
  ]);
});

test('a mark that is no number is no activation', () => {
  expect(instanceOf({ config: { ...marks, [MARKS.activated]: 'soon' } })?.activatedAt).toBeUndefined();
  expect(instanceOf({ config: { ...marks, [MARKS.activated]: '' } })?.activatedAt).toBeUndefined();
});

test.each([
  ['whose profile or base says how cores are shared is weighed', { 'limits.cpu.allowance': '50ms/100ms' }, true],
  ['that gives way is weighed', { 'limits.cpu.allowance': '25%' }, true],
  ['whose weight was taken away is not', { 'limits.cpu.priority': '' }, false],
])('an instance %s', (_, keys, isWeighed) => {
  expect(instanceOf({ expanded_config: { ...marks, ...keys } })?.isWeighed).toBe(isWeighed);
});

test('a guest that rings without end is noisy until it has lost its doorbell', () => {
  const rings = new Rings();
  for (let n = 0; n < 11; n++) rings.ring('one', n);
  expect(instanceOf({}, rings)).toMatchObject({ noisy: true });
  expect(instanceOf({ config: { ...marks, 'security.guestapi': 'false' } }, rings)?.noisy).toBe(false);
});
