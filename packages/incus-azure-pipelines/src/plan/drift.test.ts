import { describe, expect, test } from 'vitest';
import { count, planned, targets } from '../../test/planned.js';
import {
  aBase,
  aLife,
  anAgent,
  anInstance,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { shapeOf } from '../model/shape.js';

describe('another shape', () => {
  const spec = aPool({ reserve: 1, instance: { ...aPool().instance, memoryBytes: 1_073_741_824 } });
  const full = [anAgent(0, 'idle'), anAgent(1, 'idle')];
  const fresh = (n: number, phase: AgentPhase) =>
    anAgent(n, phase, {
      since: NOW - 5_000,
      instance: anInstance({ name: nameOf(n), activatedAt: undefined, shape: shapeOf(spec) }),
    });
  const aNew = (n: number, phase: AgentPhase, given: Partial<Agent> = {}) =>
    anAgent(n, phase, { instance: anInstance({ name: nameOf(n), shape: shapeOf(spec) }), ...given });

  test('replaces the reserve, once another is prepared, before any agent', () => {
    const old = anAgent(2, 'prepared');
    const first = planned(spec, [...full, old]);
    expect([first.actions.map(({ kind }) => kind), count(first, 'create-instance')]).toEqual([['create-instance'], 1]);
    expect(planned(spec, [...full, old, fresh(3, 'preparing')]).actions).toEqual([]);
    const then = planned(spec, [...full, old, fresh(3, 'prepared')]);
    expect(then.actions).toMatchObject([{ kind: 'delete-instance', name: nameOf(2), reason: 'of an old shape' }]);
  });

  test('replaces one idle agent first, and the others once an agent of it was seen online', () => {
    const ready = fresh(9, 'prepared');
    const all = [...full, anAgent(2, 'idle'), anAgent(3, 'idle')];
    const big = { ...spec, agentCount: 4, standby: 4 };
    const first = planned(big, [...all, ready]);
    expect(first.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'of an old shape' }]);
    const [, ...three] = all;
    expect(targets(planned(big, [...three, aNew(4, 'starting'), ready]), 'disable-agent')).toEqual([]);
    const online = aNew(4, 'busy', { life: aLife({ seenOnline: true }) });
    const rest = planned(big, [...three, online, ready], {}, 2).actions.filter(
      ({ reason }) => reason === 'of an old shape',
    );
    expect(rest).toMatchObject([{ name: nameOf(1) }, { name: nameOf(2) }]);
  });

  test('leaves every idle agent its place until a reserve of it is prepared', () => {
    expect(targets(planned(spec, full), 'disable-agent')).toEqual([]);
    expect(targets(planned(spec, [...full, fresh(3, 'preparing')]), 'disable-agent')).toEqual([]);
    expect(targets(planned(spec, [...full, fresh(3, 'prepared')]), 'disable-agent')).toEqual([nameOf(0)]);
  });

  test('costs one place where it never comes online', () => {
    const lost = planned({ ...spec, agentCount: 2, reserve: 0 }, [anAgent(1, 'idle')]);
    expect(targets(lost, 'disable-agent')).toEqual([]);
    const failing = planned({ ...spec, agentCount: 2, reserve: 0 }, [anAgent(1, 'idle'), aNew(2, 'starting')]);
    expect(targets(failing, 'disable-agent')).toEqual([]);
  });

  test('ends no job, and does not ask for what another release, or nobody, has said', () => {
    const silent = anAgent(1, 'idle', { instance: anInstance({ name: nameOf(1), shape: '' }) });
    const other = anAgent(2, 'idle', { instance: anInstance({ name: nameOf(2), contract: '0' }) });
    const { actions } = planned({ ...spec, agentCount: 3, standby: 3, reserve: 0 }, [
      anAgent(0, 'busy'),
      silent,
      other,
    ]);
    expect(actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'has its one job' }]);
  });

  test('is taken before the old one, which is better than none', () => {
    const one = anAgent(0, 'idle');
    const both = planned(spec, [one, anAgent(2, 'prepared'), fresh(3, 'prepared')]);
    expect(targets(both, 'activate-agent')).toEqual([nameOf(3)]);
    expect(targets(planned(spec, [one, anAgent(2, 'prepared')]), 'activate-agent')).toEqual([nameOf(2)]);
  });
});

describe.each(['0', '2', ''])('an instance of another release, by contract "%s",', contract => {
  const of = (n: number, phase: AgentPhase, given: Partial<Agent> = {}) => {
    const { activatedAt, status } = anAgent(n, phase).instance ?? {};
    const instance = anInstance({ name: nameOf(n), contract, activatedAt, status: status ?? 'running' });
    return anAgent(n, phase, { instance, ...given });
  };

  test('keeps its job, and its place when it waits for one', () => {
    const result = planned(aPool(), [of(0, 'busy'), of(1, 'idle')]);
    expect(result.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'has its one job' }]);
    expect(result.pools.get('linux')).toMatchObject({ live: 2 });
  });

  test('is replaced while it is no agent, and never made one', () => {
    const life = aLife({ quietAbsent: { from: NOW - 5_000, to: NOW } });
    const result = planned(aPool({ agentCount: 1 }), [of(0, 'prepared', { life })]);
    expect(result.actions.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['delete-instance', 'of another release'],
      ['create-instance', 'below target'],
    ]);
  });

  test.each([
    ['cannot be read', unknown(), []],
    ['knows it, and then it is drained', known(aRegistration()), ['disable-agent']],
    ['shows it with a job', known(aRegistration({ assigned: JOB })), []],
  ])('is not deleted while Azure %s', (_, registration, expected) => {
    const { actions } = planned(aPool(), [of(0, 'prepared', { registration })]);
    expect(actions.flatMap(({ kind }) => (kind === 'create-instance' ? [] : [kind]))).toEqual(expected);
  });
});

const bases = known([aBase('base-0', { provenFor: ['linux'] }), aBase('base-1', { provenFor: ['linux'] })]);

function of(n: number, phase: AgentPhase, base: string, given: Partial<Agent> = {}): Agent {
  const fresh = phase === 'prepared' || phase === 'preparing' ? { activatedAt: undefined } : {};
  return anAgent(n, phase, { instance: anInstance({ name: nameOf(n), base, ...fresh }), ...given });
}

describe('another base that works', () => {
  test('replaces so many agents at once as may be created at once', () => {
    const agents = [
      of(0, 'idle', 'base-1'),
      of(1, 'idle', 'base-0'),
      of(2, 'idle', 'base-0'),
      of(3, 'draining', 'base-0'),
    ];
    const result = planned(aPool({ agentCount: 4 }), agents, { bases }, 2);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(1)]);
  });

  test('replaces nobody of a pool that scales while its queue is not known', () => {
    const agents = [0, 1, 2].map(n => of(n, 'idle', 'base-0'));
    const drained = (queued: Observed['queued'], seen = bases) =>
      targets(planned(aPool({ agentCount: 4, standby: 1 }), agents, { bases: seen, queued }), 'disable-agent');
    expect(drained(new Map([['linux', unknown()]]))).toEqual([]);
    expect(drained(new Map([['linux', unknown()]]), known([aBase('base-1')]))).toEqual([]);
    expect(drained(new Map([['linux', known(0)]]))).toHaveLength(3);
  });

  test('never ends a job', () => {
    const busy = of(0, 'busy', 'base-0');
    const result = planned(aPool(), [busy, of(1, 'idle', 'base-1')], { bases });
    expect(result.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'has its one job' }]);
  });

  test('replaces a member of the reserve when its successor is prepared, and not before', () => {
    const agents = [of(0, 'idle', 'base-1'), of(1, 'idle', 'base-1'), of(2, 'prepared', 'base-0')];
    const before = planned(aPool({ reserve: 1 }), agents, { bases });
    expect([targets(before, 'delete-instance'), count(before, 'create-instance')]).toEqual([[], 1]);
    const meanwhile = planned(aPool({ reserve: 1 }), [...agents, of(3, 'preparing', 'base-1', { since: NOW })], {
      bases,
    });
    expect(meanwhile.actions).toEqual([]);
    const after = planned(aPool({ reserve: 1 }), [...agents, of(3, 'prepared', 'base-1')], { bases });
    expect([targets(after, 'delete-instance'), count(after, 'create-instance')]).toEqual([[nameOf(2)], 0]);
  });

  test('lets the old reserve take places until its own is prepared', () => {
    const agents = [of(0, 'idle', 'base-1'), of(1, 'prepared', 'base-0')];
    const result = planned(aPool({ reserve: 1 }), agents, { bases });
    expect([targets(result, 'activate-agent'), count(result, 'create-instance')]).toEqual([[nameOf(1)], 1]);
    const both = planned(aPool({ reserve: 1 }), [...agents, of(2, 'prepared', 'base-1')], { bases });
    expect(targets(both, 'activate-agent')).toEqual([nameOf(2)]);
  });

  test('replaces no more of the reserve at once than the ceiling of instances has room for', () => {
    const agents = [
      of(0, 'idle', 'base-1'),
      of(1, 'idle', 'base-1'),
      of(2, 'prepared', 'base-0'),
      of(3, 'prepared', 'base-0'),
    ];
    expect(count(planned(aPool({ reserve: 2 }), agents, { bases }), 'create-instance')).toBe(1);
  });
});

describe('another base, where none is known to work,', () => {
  const unproven = { bases: known([aBase('base-1')]) };

  test('replaces what is not activated at once', () => {
    const agents = [anAgent(0, 'starting'), anAgent(1, 'starting'), of(2, 'prepared', 'base-0')];
    const result = planned(aPool({ reserve: 1 }), agents, unproven);
    expect([targets(result, 'delete-instance'), count(result, 'create-instance')]).toEqual([[nameOf(2)], 1]);
  });

  test('replaces one agent of a base that is gone, and the others when it works', () => {
    const spec = aPool({ agentCount: 3 });
    const old = [of(1, 'idle', 'base-0'), of(2, 'idle', 'base-0')];
    expect(targets(planned(spec, [of(0, 'idle', 'base-0'), ...old], unproven), 'disable-agent')).toEqual([nameOf(0)]);
    expect(planned(spec, [of(0, 'starting', 'base-1'), ...old], unproven).actions).toEqual([]);
    expect(targets(planned(spec, [of(0, 'idle', 'base-1'), ...old], unproven), 'disable-agent')).toEqual([
      nameOf(1),
      nameOf(2),
    ]);
  });
});
