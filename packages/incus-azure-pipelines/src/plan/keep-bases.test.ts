import { describe, expect, test } from 'vitest';
import { aBase, anAgent, anInstance, anObserved, aPool, known, unknown } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { Agent, BaseRecord } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import type { Reading } from '../model/reading.js';
import { keepBases } from './keep-bases.js';

const spec = aPool();
const PROVEN = { provenFor: ['linux'] };

function kept(
  bases: Reading<readonly BaseRecord[]>,
  given: Partial<Observed> & { readonly seen?: readonly Agent[] } = {},
): Action[] {
  const { seen = [], ...others } = given;
  const wantedBases = new Map([['linux', known('new')]]);
  return [...keepBases([spec], anObserved(seen, { bases, wantedBases, ...others }))];
}

function of(base: string, phase: 'idle' | 'starting' | 'busy', pool = 'linux'): Agent {
  return anAgent(0, phase, { pool, instance: anInstance({ base, pool }) });
}

describe('a wanted base', () => {
  test('is built when it is not there', () => {
    expect(kept(known([]))).toMatchObject([{ kind: 'build-base', base: 'new', reason: 'not there' }]);
  });

  test('that is half-made is built anew', () => {
    expect(kept(known([aBase('new', { ready: false })]))).toMatchObject([{ kind: 'build-base', reason: 'half-made' }]);
  });

  test('of two pools is built once', () => {
    const wantedBases = new Map(['linux', 'other'].map(name => [name, known('new')]));
    const observed = anObserved([], { bases: known([]), wantedBases });
    expect([...keepBases([spec, aPool({ name: 'other' })], observed)]).toHaveLength(1);
  });

  test.each([
    ['it is unknown', known([]), { wantedBases: new Map([['linux', unknown()]]) }],
    ['Incus is unread', unknown(), {}],
  ])('is left as it is while %s', (_, bases, given) => {
    expect(kept(bases, given)).toEqual([]);
  });
});

describe('the mark of a base that works', () => {
  test('is set once an agent of it was online', () => {
    const [action] = kept(known([aBase('new')]), { seen: [of('new', 'idle')] });
    expect(action).toMatchObject({ kind: 'prove-base', base: 'new', provenFor: ['linux'] });
  });

  test('names each pool that saw it, once', () => {
    const base = aBase('new', { provenFor: ['other'] });
    expect(kept(known([base]), { seen: [of('new', 'idle')] })).toMatchObject([{ provenFor: ['linux', 'other'] }]);
    expect(kept(known([aBase('new', PROVEN)]), { seen: [of('new', 'idle')] })).toEqual([]);
  });

  test('is not set for an agent that has yet to come online', () => {
    expect(kept(known([aBase('new')]), { seen: [of('new', 'starting')] })).toEqual([]);
  });
});

describe('a base', () => {
  test.each<[string, readonly BaseRecord[], Partial<Observed> & { readonly seen?: readonly Agent[] }, string[]]>([
    ['that nobody needs is deleted', [aBase('new', PROVEN), aBase('old', PROVEN)], {}, ['old']],
    ['that is half-made and not wanted is deleted', [aBase('new'), aBase('dead', { ready: false })], {}, ['dead']],
    ['is kept while it is the last that is proven', [aBase('new'), aBase('old', PROVEN)], {}, []],
    [
      'that is proven goes when a later one is',
      [aBase('new'), aBase('old', PROVEN), aBase('later', { ...PROVEN, createdAt: 5 })],
      {},
      ['old'],
    ],
    [
      'is kept while an agent of it lives',
      [aBase('new', PROVEN), aBase('old', PROVEN)],
      { seen: [of('old', 'busy')] },
      [],
    ],
    [
      'is kept while an agent of it lives whose pool is gone',
      [aBase('new', PROVEN), aBase('old', { pool: 'gone', provenFor: ['gone'] })],
      { seen: [of('old', 'busy', 'gone')] },
      [],
    ],
    [
      'is kept while it is copied',
      [aBase('new', PROVEN), aBase('old', PROVEN)],
      { inFlight: [{ kind: 'create-instance', pool: 'linux', name: 'a', base: 'old', docker: false, reason: '' }] },
      [],
    ],
    [
      'of a pool that is gone is deleted',
      [aBase('new', PROVEN), aBase('old', { pool: 'gone', provenFor: ['gone'] })],
      {},
      ['old'],
    ],
    [
      'is kept while it is unknown what a pool wants',
      [aBase('new', PROVEN), aBase('old', PROVEN)],
      { wantedBases: new Map([['linux', unknown()]]) },
      [],
    ],
  ])('%s', (_, bases, given, expected) => {
    const deletions = kept(known(bases), given).flatMap(action => (action.kind === 'delete-base' ? [action.base] : []));
    expect(deletions).toEqual(expected);
  });
});
