import { describe, expect, test } from 'vitest';
import {
  aLife,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  known,
  NOW,
  nameOf,
  OWNER,
  unknown,
} from '../../test/simulation/examples.js';
import type { Action, ActionKind, Plan } from '../model/action.js';
import type { Agent, AgentPhase, BaseRecord } from '../model/agent.js';
import { birthOf } from '../model/agent-name.js';
import type { Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { plan } from './plan.js';

function planned(spec: PoolSpec, agents: readonly Agent[], given: Partial<Observed> = {}, limit = 10): Plan {
  return plan([spec], anObserved(agents, given), NOW, { maxConcurrentCreates: limit });
}

/** Names that an action of this kind is planned for. */
function targets(result: Plan, kind: ActionKind): string[] {
  return result.actions.flatMap(action => (action.kind === kind && 'name' in action ? [action.name] : []));
}

function count(result: Plan, kind: ActionKind): number {
  return result.actions.filter(action => action.kind === kind).length;
}

/** Agents in these phases, each with its own name. */
function agentsIn(...phases: readonly AgentPhase[]): Agent[] {
  return phases.map((phase, n) => anAgent(n, phase));
}

const failure = (retryAt: number) => ({ count: 1, retryAt, error: 'disk full' });

describe('filling up', () => {
  test.each<[string, Partial<PoolSpec>, AgentPhase[], { activate: number; create: number }]>([
    ['an empty pool', {}, [], { activate: 0, create: 2 }],
    ['an empty pool with a reserve', { reserve: 1 }, [], { activate: 0, create: 3 }],
    ['from the reserve', { reserve: 1 }, ['idle', 'prepared'], { activate: 1, create: 1 }],
    ['a full pool', {}, ['idle', 'busy'], { activate: 0, create: 0 }],
    ['counting what starts', {}, ['idle', 'starting'], { activate: 0, create: 0 }],
    ['counting what drains', {}, ['idle', 'draining'], { activate: 0, create: 0 }],
    ['counting what is offline', {}, ['idle', 'offline'], { activate: 0, create: 0 }],
    ['counting what Incus cannot read', {}, ['idle', 'unclear'], { activate: 0, create: 0 }],
    ['counting what is being prepared', {}, ['idle', 'preparing'], { activate: 0, create: 0 }],
    ['not counting what is finished', {}, ['idle', 'finished'], { activate: 0, create: 1 }],
    ['not counting what stopped', {}, ['idle', 'stopped'], { activate: 0, create: 1 }],
    ['not counting orphans', {}, ['idle', 'orphan'], { activate: 0, create: 1 }],
    ['a pool of no agents', { agentCount: 0 }, [], { activate: 0, create: 0 }],
  ])('%s', (_, given, phases, expected) => {
    const result = planned(aPool(given), agentsIn(...phases));
    expect({ activate: count(result, 'activate-agent'), create: count(result, 'create-instance') }).toEqual(expected);
  });

  test('activates the oldest first', () => {
    const result = planned(aPool({ reserve: 2 }), [anAgent(5, 'prepared'), anAgent(3, 'prepared'), anAgent(4, 'idle')]);
    expect(targets(result, 'activate-agent')).toEqual([nameOf(3)]);
  });

  test('activates none so soon after a guest that could not register its agent, and says why', () => {
    const failures = new Map([['register-agent/linux', failure(NOW + 500)]]);
    const result = planned(aPool(), agentsIn('prepared', 'prepared'), { failures });
    expect(result).toMatchObject({ actions: [], wakeAt: NOW + 500 });
    expect(result.pools.get('linux')?.waiting).toBe('disk full');
    const past = new Map([['register-agent/linux', failure(NOW)]]);
    expect(targets(planned(aPool(), agentsIn('prepared', 'prepared'), { failures: past }), 'activate-agent')).toEqual([
      nameOf(0),
      nameOf(1),
    ]);
  });

  test('activates no instance of another base', () => {
    const old = anAgent(0, 'prepared', {
      instance: anInstance({ status: 'ready', base: 'base-0', activatedAt: undefined }),
    });
    expect(count(planned(aPool({ agentCount: 1 }), [old]), 'activate-agent')).toBe(0);
  });

  test('counts what is under way: no second activation, no second creation', () => {
    const inFlight: Action[] = [
      { kind: 'activate-agent', pool: 'linux', name: nameOf(0), agentVersion: '', reason: '' },
      { kind: 'create-instance', pool: 'linux', name: nameOf(9), base: 'base-1', reason: '' },
    ];
    expect(planned(aPool(), agentsIn('prepared'), { inFlight }).actions).toEqual([]);
  });

  test('gives every newborn a name of its own, later than all others', () => {
    const inFlight: Action[] = [
      {
        kind: 'create-instance',
        pool: 'other',
        name: `host-${OWNER}-${(NOW + 3).toString(36)}`,
        base: 'b',
        reason: '',
      },
    ];
    const births = targets(planned(aPool(), [], { inFlight }), 'create-instance').map(name => birthOf(name, OWNER));
    expect(births).toEqual([NOW + 4, NOW + 5]);
  });
});

describe('limits', () => {
  test('creates at most so many at once over all pools, missing agents before any reserve', () => {
    const pools = ['a', 'b'].map(name => aPool({ name, agentCount: 1, reserve: 1 }));
    const base: BaseRecord = { name: 'base-1', pool: 'a', ready: true, createdAt: 0, agentVersion: '' };
    const observed = anObserved([], {
      bases: known([base]),
      wantedBases: new Map(pools.map(({ name }) => [name, known('base-1')])),
    });
    const { actions } = plan(pools, observed, NOW, { maxConcurrentCreates: 3 });
    expect(actions.map(({ pool, reason }) => [pool, reason])).toEqual([
      ['a', 'below target'],
      ['b', 'below target'],
      ['a', 'for the reserve'],
    ]);
  });

  test('counts an instance that has just begun to boot as one that is being created', () => {
    const booting = anAgent(0, 'preparing', {
      instance: anInstance({ activatedAt: undefined, createdAt: NOW - 1_000 }),
    });
    const result = planned(aPool(), [booting], {}, 1);
    expect([count(result, 'create-instance'), result.wakeAt]).toEqual([0, NOW + 2_000]);
  });

  test('never has more instances than agents, reserve and half as many going down', () => {
    const goingDown: AgentPhase[] = ['finished', 'finished', 'stopped'];
    const spec = aPool({ agentCount: 4, reserve: 1 });
    expect(count(planned(spec, agentsIn(...goingDown)), 'create-instance')).toBe(4);
    expect(count(planned(spec, agentsIn('idle', 'idle', 'idle', ...goingDown)), 'create-instance')).toBe(1);
    expect(count(planned(spec, agentsIn('idle', 'idle', 'idle', 'finished', ...goingDown)), 'create-instance')).toBe(0);
  });

  test('creates nothing while the host objects, and says why', () => {
    const result = planned(aPool(), [], { creationBlocked: 'too few inotify instances' });
    expect(result.actions).toEqual([]);
    expect(result.pools.get('linux')?.waiting).toBe('too few inotify instances');
  });

  test('activates nothing before it is known who registers, and says what it waits for', () => {
    const probing: Partial<Observed> = {
      registration: new Map([['linux', { kind: 'probing', why: 'no answer yet' }]]),
    };
    const result = planned(aPool({ reserve: 1 }), agentsIn('prepared'), probing);
    expect([count(result, 'activate-agent'), count(result, 'create-instance')]).toEqual([0, 2]);
    expect(result.pools.get('linux')?.waiting).toBe('no answer yet');
  });

  test('an agent that was believed to be finished and is not leaves no room for another', () => {
    const back = anAgent(0, 'busy', { life: aLife({ disbelieved: true, requestId: 42 }) });
    const result = planned(aPool(), [back, anAgent(1, 'idle'), anAgent(2, 'idle'), anAgent(3, 'prepared')]);
    expect([count(result, 'activate-agent'), targets(result, 'disable-agent')]).toEqual([0, [nameOf(0)]]);
  });
});

describe('shrinking', () => {
  test.each<[string, Partial<PoolSpec>, Partial<Observed>, AgentPhase[], number[]]>([
    ['retires what is above agentCount', { agentCount: 1 }, {}, ['idle', 'idle', 'idle'], [0, 1]],
    ['never picks what starts', { agentCount: 1 }, {}, ['starting', 'idle', 'starting'], [1]],
    ['counts what drains already', { agentCount: 1 }, {}, ['idle', 'idle', 'draining'], [0]],
    ['retires idle agents above standby', { agentCount: 3, standby: 1 }, {}, ['busy', 'idle', 'idle'], [0, 1]],
    [
      'keeps agents for what is queued',
      { agentCount: 3, standby: 1 },
      { queued: new Map([['linux', known(1)]]) },
      ['busy', 'idle', 'idle'],
      [0],
    ],
    [
      'keeps all agents while the queue is unread',
      { agentCount: 3, standby: 0 },
      { queued: new Map([['linux', unknown()]]) },
      ['idle', 'idle', 'idle'],
      [],
    ],
    [
      'keeps no more than agentCount while the queue is unread',
      { agentCount: 1, standby: 0 },
      { queued: new Map([['linux', unknown()]]) },
      ['idle', 'idle'],
      [0],
    ],
    [
      'drains a pool that a person drains, though its queue is unread',
      { standby: 1 },
      { queued: new Map([['linux', unknown()]]), drained: new Set(['linux']) },
      ['idle', 'idle'],
      [0, 1],
    ],
  ])('%s', (_, given, seen, phases, expected) => {
    // An agent with a job is disabled for reasons of its own: the fence.
    const result = planned(aPool(given), agentsIn(...phases), seen);
    expect(targets(result, 'disable-agent')).toEqual(expected.map(nameOf));
  });

  test('counts an agent that is being disabled as leaving, whichever stands first in the list', () => {
    const inFlight: Action[] = [{ kind: 'disable-agent', pool: 'linux', name: nameOf(1), agentId: 1, reason: '' }];
    expect(planned(aPool({ agentCount: 1 }), agentsIn('idle', 'idle'), { inFlight }).actions).toEqual([]);
  });

  test('deletes prepared instances beyond the reserve, the youngest first', () => {
    const result = planned(aPool({ reserve: 1 }), agentsIn('idle', 'idle', 'prepared', 'prepared'));
    expect(targets(result, 'delete-instance')).toEqual([nameOf(3)]);
  });

  test('a drained pool keeps its busy agents and nothing else', () => {
    const result = planned(aPool({ reserve: 1 }), agentsIn('busy', 'prepared'), { drained: new Set(['linux']) });
    expect(targets(result, 'delete-instance')).toEqual([nameOf(1)]);
    expect(result.pools.get('linux')).toMatchObject({ target: 0, live: 1, waiting: 'drained by a person' });
  });
});

describe('another base', () => {
  const of = (n: number, phase: AgentPhase, base: string, given: Partial<Agent> = {}) =>
    anAgent(n, phase, { instance: anInstance({ name: nameOf(n), base }), ...given });

  test('replaces the reserve', () => {
    const old = anAgent(2, 'prepared', {
      instance: anInstance({ status: 'ready', base: 'base-0', activatedAt: undefined }),
    });
    const result = planned(aPool({ reserve: 1 }), [anAgent(0, 'idle'), anAgent(1, 'idle'), old]);
    expect([targets(result, 'delete-instance'), count(result, 'create-instance')]).toEqual([[nameOf(2)], 1]);
  });

  test('is tried with one agent first', () => {
    const result = planned(aPool(), [of(0, 'idle', 'base-0'), of(1, 'idle', 'base-0')]);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(0)]);
  });

  test('that does not work costs one place and not the pool', () => {
    const starting = of(0, 'starting', 'base-1');
    const spec = aPool({ agentCount: 3 });
    expect(planned(spec, [starting, of(1, 'idle', 'base-0'), of(2, 'idle', 'base-0')]).actions).toEqual([]);
    expect(count(planned(spec, [of(1, 'idle', 'base-0'), of(2, 'idle', 'base-0')]), 'disable-agent')).toBe(0);
  });

  test('that works replaces so many at once as may be created at once', () => {
    const agents = [
      of(0, 'idle', 'base-1'),
      of(1, 'idle', 'base-0'),
      of(2, 'idle', 'base-0'),
      of(3, 'draining', 'base-0'),
    ];
    const result = planned(aPool({ agentCount: 4 }), agents, {}, 2);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(1)]);
  });

  test('never ends a job', () => {
    const busy = of(0, 'busy', 'base-0');
    const result = planned(aPool({ agentCount: 2 }), [busy, of(1, 'idle', 'base-1')]);
    expect(result.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'has its one job' }]);
  });
});

describe('what is not known', () => {
  test('nothing is done while Incus is unread', () => {
    const bases = unknown();
    expect(plan([aPool()], anObserved([], { agents: unknown(), bases }), NOW, { maxConcurrentCreates: 1 })).toEqual({
      actions: [],
      wakeAt: undefined,
      pools: new Map(),
    });
  });

  test('an unread Azure ends nothing and lets the reserve be filled', () => {
    const agents = agentsIn('idle', 'draining', 'offline').map(agent => ({ ...agent, registration: unknown() }));
    const result = planned(aPool({ agentCount: 2, reserve: 1 }), agents);
    expect(result.actions.map(action => action.kind)).toEqual(['create-instance']);
  });
});

describe('failures', () => {
  test('hold an action back until their time, and set the wake-up', () => {
    const failures = new Map([['create-instance/linux', failure(NOW + 500)]]);
    expect(planned(aPool(), [], { failures })).toMatchObject({ actions: [], wakeAt: NOW + 500 });
    expect(
      count(planned(aPool(), [], { failures: new Map([['create-instance/linux', failure(NOW)]]) }), 'create-instance'),
    ).toBe(2);
    expect(planned(aPool(), [], { failures }).pools.get('linux')?.waiting).toBe('disk full');
  });

  test('of one agent do not hold back another', () => {
    const failures = new Map([[`disable-agent/${nameOf(0)}`, failure(NOW + 500)]]);
    const result = planned(aPool(), agentsIn('busy', 'busy'), { failures });
    expect(targets(result, 'disable-agent')).toEqual([nameOf(1)]);
  });
});

test('one agent has one action at a time', () => {
  const noisy = anAgent(0, 'busy', { instance: anInstance({ noisy: true }) });
  expect(planned(aPool({ agentCount: 1 }), [noisy]).actions.map(action => action.kind)).toEqual(['remove-doorbell']);
  const inFlight: Action[] = [{ kind: 'remove-doorbell', pool: 'linux', name: nameOf(0), reason: '' }];
  expect(planned(aPool({ agentCount: 1 }), [noisy], { inFlight }).actions).toEqual([]);
});

test('pools do not touch the agents of others', () => {
  const stranger = anAgent(0, 'idle', { pool: 'other' });
  expect(planned(aPool({ agentCount: 0 }), [stranger]).actions).toEqual([]);
});

test('nothing changes before wakeAt', () => {
  const spec = aPool({ reserve: 1 });
  const agents = [
    anAgent(0, 'preparing', { since: NOW - 29_000 }),
    anAgent(1, 'offline', { since: NOW - 39_000 }),
    anAgent(2, 'idle'),
  ];
  const observed = anObserved(agents);
  const first = plan([spec], observed, NOW, { maxConcurrentCreates: 1 });
  expect(first.wakeAt).toBe(NOW + 1_000);
  expect(plan([spec], observed, NOW + 999, { maxConcurrentCreates: 1 }).actions).toEqual(first.actions);
  expect(plan([spec], observed, NOW + 1_000, { maxConcurrentCreates: 1 }).actions).not.toEqual(first.actions);
});
