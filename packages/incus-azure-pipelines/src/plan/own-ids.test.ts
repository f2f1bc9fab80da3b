import { describe, expect, test } from 'vitest';
import { aFailure, count, planned, targets } from '../../test/planned.js';
import { aBase, anAgent, aPool, known, NOW, nameOf } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { Agent, AgentPhase, IdsFrom } from '../model/agent.js';
import type { Observed } from '../model/observed.js';

const IDS = 'none/1065536';

/** The n-th agent, with the same user ids as all others, or with these. */
function having(n: number, phase: AgentPhase, ids: { readonly idsFrom: IdsFrom } = { idsFrom: IDS }): Agent {
  const { instance, ...agent } = anAgent(n, phase);
  return { ...agent, instance: instance && { ...instance, ...ids } };
}

function deletions(agents: readonly Agent[], given: Partial<Observed> = {}) {
  const { actions } = planned(aPool({ agentCount: 4 }), agents, given);
  return actions.flatMap(action => (action.kind === 'delete-instance' ? [[action.name, action.reason]] : []));
}

const shares = (n: number, other: number | string) => [
  nameOf(n),
  `shares its user ids with ${typeof other === 'number' ? nameOf(other) : other}`,
];

describe('of guests that share user ids', () => {
  test.each<[AgentPhase, AgentPhase]>([
    ['prepared', 'prepared'],
    ['preparing', 'preparing'],
    ['preparing', 'prepared'],
    ['prepared', 'preparing'],
  ])('of which none is an agent (%s and %s) all but the first by name go', (first, other) => {
    const agents = [having(2, other), having(1, other), having(0, first)];
    expect(deletions(agents)).toEqual([shares(2, 0), shares(1, 0)]);
    expect(deletions(agents.toReversed())).toEqual([shares(1, 0), shares(2, 0)]);
  });

  test('the first is activated, and the other is not', () => {
    const result = planned(aPool({ agentCount: 2 }), [having(0, 'prepared'), having(1, 'prepared')]);
    expect(targets(result, 'activate-agent')).toEqual([nameOf(0)]);
  });

  test.each<AgentPhase>(['listening', 'starting', 'idle', 'busy', 'draining', 'offline', 'finished', 'unclear'])(
    'the one goes that is no agent, whose name is the first, and not the one that is %s',
    phase => {
      const result = planned(aPool({ agentCount: 4 }), [having(0, 'prepared'), having(1, phase)]);
      expect(count(result, 'activate-agent')).toBe(0);
      expect(deletions([having(0, 'prepared'), having(1, phase)])).toContainEqual(shares(0, 1));
    },
  );

  test.each(['activate-agent', 'listen-agent'] as const)('the one goes that no %s is under way for', kind => {
    const activation: Action = { kind, pool: 'linux', name: nameOf(1), agentVersion: '', reason: '' };
    const agents = [having(0, 'prepared'), having(1, 'prepared')];
    expect(deletions(agents, { inFlight: [activation] })).toEqual([shares(0, 1)]);
    expect(count(planned(aPool(), agents, { inFlight: [activation] }), 'activate-agent')).toBe(0);
  });

  test('no agents go', () => {
    expect(deletions([having(0, 'idle'), having(1, 'busy')])).toEqual([]);
  });

  test('the one goes that is of another pool, be that out of the configuration', () => {
    expect(deletions([{ ...having(1, 'prepared'), pool: 'gone' }, having(0, 'prepared')])).toEqual([shares(1, 0)]);
  });

  test('one that goes is replaced when it is gone', () => {
    const spec = aPool({ agentCount: 1, reserve: 1 });
    expect(count(planned(spec, [having(0, 'idle'), having(1, 'prepared')]), 'create-instance')).toBe(0);
    expect(count(planned(spec, [having(0, 'idle')]), 'create-instance')).toBe(1);
  });

  test('one that goes and has booted holds up no creation of another, however long its end takes', () => {
    const agents = [having(0, 'idle'), { ...having(1, 'prepared'), since: NOW }];
    const creations = (given: Partial<Observed> = {}) =>
      count(planned(aPool({ agentCount: 3 }), agents, given, 1), 'create-instance');
    expect(creations()).toBe(1);
    expect(creations({ failures: new Map([[`delete-instance/${nameOf(1)}`, aFailure(NOW + 8_000)]]) })).toBe(1);
  });
});

describe('a guest goes for its user ids', () => {
  const base = (ready: boolean) => ({ bases: known([aBase('base-1'), aBase('new', { ready, idsFrom: IDS })]) });

  test('when a base has them that is being built, and not when it is finished and never runs again', () => {
    expect(deletions([having(0, 'prepared')], base(false))).toEqual([shares(0, 'new')]);
    expect(deletions([having(0, 'prepared')], base(true))).toEqual([]);
  });

  test('also when it tries a new base', () => {
    const bases = known([aBase('base-1', { provenFor: ['linux'] }), aBase('new')]);
    const { instance, ...trial } = having(1, 'prepared');
    const trying = { ...trial, instance: instance && { ...instance, base: 'new' } };
    const given = { bases, wantedBases: new Map([['linux', known('new')]]) };
    const result = planned(aPool({ agentCount: 2 }), [having(0, 'idle'), trying], given);
    expect(targets(result, 'delete-instance')).toEqual([nameOf(1)]);
    expect(count(result, 'activate-agent')).toBe(0);
  });

  test.each<[string, IdsFrom, IdsFrom]>([
    ['where all guests share one range', undefined, undefined],
    ['when Incus has not told them yet', 'not yet', 'not yet'],
    ['when others have others', IDS, 'none/1131072'],
    ['where another member of a cluster gives out the same', IDS, 'other/1065536'],
  ])('not %s', (_, one, other) => {
    const agents = [having(0, 'idle', { idsFrom: one }), having(1, 'prepared', { idsFrom: other })];
    expect(deletions(agents)).toEqual([]);
  });
});
