import { describe, expect, test } from 'vitest';
import { anObserved, aPool, known, unknown } from '../../test/simulation/examples.js';
import type { BaseRecord } from '../model/agent.js';
import type { Reading } from '../model/reading.js';
import { baseObstacle, currentBase, planBases } from './bases.js';

const spec = aPool();

function base(name: string, given: Partial<BaseRecord> = {}): BaseRecord {
  return { name, pool: 'linux', ready: true, createdAt: 1, agentVersion: '4.275.0', ...given };
}

function seen(bases: readonly BaseRecord[], wanted: Reading<string> = known('new')) {
  return anObserved([], { bases: known(bases), wantedBases: new Map([['linux', wanted]]) });
}

describe('the base to copy', () => {
  test.each([
    ['the wanted one', seen([base('new'), base('old', { createdAt: 2 })]), 'new'],
    ['the newest of the pool while the wanted one is built', seen([base('a'), base('b', { createdAt: 2 })]), 'b'],
    ['the newest while the wanted one is unknown', seen([base('a')], unknown()), 'a'],
    ['the wanted one of another pool', seen([base('new', { pool: 'other' })]), 'new'],
    ['none of another pool', seen([base('old', { pool: 'other' })]), undefined],
    ['none that is half-made', seen([base('new', { ready: false })]), undefined],
  ])('is %s', (_, observed, expected) => {
    expect(currentBase(spec, observed)).toBe(expected);
  });
});

describe('what is done about bases', () => {
  test.each([
    ['builds what is not there', seen([]), [{ kind: 'build-base', base: 'new', reason: 'not there' }]],
    [
      'builds a half-made one anew',
      seen([base('new', { ready: false })]),
      [{ kind: 'build-base', reason: 'half-made' }],
    ],
    ['leaves what is ready, wanted or not', seen([base('new'), base('old')]), []],
    [
      'deletes a half-made one that nobody wants',
      seen([base('new'), base('dead', { ready: false })]),
      [{ kind: 'delete-base', base: 'dead' }],
    ],
    ['builds nothing while the wanted one is unknown', seen([], unknown()), []],
    ['builds nothing while Incus is unread', anObserved([], { bases: unknown() }), []],
  ])('%s', (_, observed, expected) => {
    expect([...planBases([spec], observed)]).toMatchObject(expected);
  });

  test('builds one base once for two pools', () => {
    const wantedBases = new Map(['linux', 'other'].map(name => [name, known('new')]));
    const observed = anObserved([], { bases: known([]), wantedBases });
    expect([...planBases([spec, aPool({ name: 'other' })], observed)]).toHaveLength(1);
  });
});

describe('why there is no base', () => {
  const failures = new Map([['build-base/new', { count: 1, retryAt: 0, error: 'script failed' }]]);
  const building = { kind: 'build-base', pool: 'linux', base: 'new', reason: '' } as const;
  test.each([
    ['there is one', seen([base('old')]), undefined],
    ['it is to be built', seen([]), 'the base is not built yet'],
    ['it is built', { ...seen([]), inFlight: [building] }, 'the base is being built'],
    ['it is unknown', seen([], unknown()), 'the base cannot be named yet: connection refused'],
    ['it could not be built', { ...seen([]), failures }, 'the base could not be built: script failed'],
  ])('%s', (_, observed, expected) => {
    expect(baseObstacle(spec, observed)).toBe(expected);
  });
});
