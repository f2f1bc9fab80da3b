import { describe, expect, test } from 'vitest';
import {
  aBase,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  known,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import type { Agent, BaseRecord } from '../model/agent.js';
import type { Reading } from '../model/reading.js';
import { baseObstacle, chooseBases } from './bases.js';

const spec = aPool();
const PROVEN = { provenFor: ['linux'] };

function seen(
  bases: readonly BaseRecord[],
  { wanted = known('new'), agents = [] }: { wanted?: Reading<string>; agents?: readonly Agent[] } = {},
) {
  return anObserved(agents, { bases: known(bases), wantedBases: new Map([['linux', wanted]]) });
}

function copied(n: number, base: string, given: Partial<Agent> = {}): Agent {
  return anAgent(n, 'starting', { instance: anInstance({ name: nameOf(n), base, createdAt: n }), ...given });
}

describe('the base to copy, while none is proven,', () => {
  test.each([
    ['the wanted one', seen([aBase('new'), aBase('old', { createdAt: 2 })]), 'new'],
    ['the newest of the pool while the wanted one is built', seen([aBase('a'), aBase('b', { createdAt: 2 })]), 'b'],
    ['the newest while the wanted one is unknown', seen([aBase('a')], { wanted: unknown() }), 'a'],
    ['the wanted one of another pool', seen([aBase('new', { pool: 'other' })]), 'new'],
    ['none of another pool', seen([aBase('old', { pool: 'other' })]), undefined],
    ['none that is half-made', seen([aBase('new', { ready: false })]), undefined],
  ])('is %s', (_, observed, expected) => {
    const { base, tried, proven } = chooseBases(spec, observed);
    expect({ base: base?.name, tried, proven }).toEqual({ base: expected, tried: undefined, proven: false });
  });
});

describe('the base to copy, and the one to try,', () => {
  const old = aBase('old', PROVEN);
  test.each([
    ['the wanted one alone, once it is proven', seen([old, aBase('new', PROVEN)]), 'new', undefined],
    ['the wanted one, proven by another pool', seen([old, aBase('new', { provenFor: ['other'] })]), 'new', undefined],
    ['the proven one, and the wanted one', seen([old, aBase('new')]), 'old', 'new'],
    [
      'the proven one alone, while the wanted one is built',
      seen([old, aBase('new', { ready: false })]),
      'old',
      undefined,
    ],
    ['the proven one alone, though there is a newer one', seen([old, aBase('b', { createdAt: 9 })]), 'old', undefined],
    [
      'the proven one that the pool used last',
      seen([old, aBase('b', { createdAt: 9, ...PROVEN }), aBase('new')], {
        agents: [copied(2, 'old'), copied(1, 'b')],
      }),
      'old',
      'new',
    ],
    [
      'the newest proven one, where the pool has no agent left',
      seen([old, aBase('b', { createdAt: 9, ...PROVEN })]),
      'b',
      undefined,
    ],
    [
      'the one that another pool had built and this one uses',
      seen([aBase('old', { pool: 'other', provenFor: ['other', 'linux'] }), aBase('new')]),
      'old',
      'new',
    ],
    [
      'the one that an agent in sight proves, before it is marked',
      seen([aBase('old'), aBase('new')], { agents: [anAgent(0, 'idle', { instance: anInstance({ base: 'old' }) })] }),
      'old',
      'new',
    ],
    [
      'the one that an agent in sight proves, though it is wanted by another pool alone',
      seen([aBase('old', { pool: 'other', provenFor: ['other'] }), aBase('new')], { agents: [copied(1, 'old')] }),
      'old',
      'new',
    ],
  ])('are %s', (_, observed, base, tried) => {
    const choice = chooseBases(spec, observed);
    expect([choice.base?.name, choice.tried?.name, choice.proven]).toEqual([base, tried, true]);
  });
});

describe('why there is no base', () => {
  const failures = new Map([['build-base/new', { count: 1, retryAt: 0, error: 'script failed' }]]);
  const building = { kind: 'build-base', pool: 'linux', base: 'new', reason: '' } as const;
  test.each([
    ['there is one', seen([aBase('old')]), undefined],
    ['it is to be built', seen([]), 'the base is not built yet'],
    ['it is built', { ...seen([]), inFlight: [building] }, 'the base is being built'],
    ['it is unknown', seen([], { wanted: unknown() }), 'the base cannot be named yet: connection refused'],
    ['it could not be built', { ...seen([]), failures }, 'the base could not be built: script failed'],
  ])('%s', (_, observed, expected) => {
    expect(baseObstacle(spec, observed)).toBe(expected);
  });
});
