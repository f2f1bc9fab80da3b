import { describe, expect, test } from 'vitest';
import { agentsIn, planned, targets } from '../../test/planned.js';
import { aRequest } from '../../test/queue-examples.js';
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
import type { Action } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';

const recent = { since: NOW - 1, life: aLife({ activeSince: NOW - 1 }) };
const offline = known(aRegistration({ online: false }));
const assigned = known(aRegistration({ assigned: { ...JOB, received: false } }));

describe('shrinking', () => {
  test.each<[string, Partial<PoolSpec>, Partial<Observed>, AgentPhase[], number[]]>([
    ['retires what is above agentCount', { agentCount: 1 }, {}, ['idle', 'idle', 'idle'], [0, 1]],
    ['never picks what starts', { agentCount: 1 }, {}, ['starting', 'idle', 'starting'], [1]],
    ['counts what drains already', { agentCount: 1 }, {}, ['idle', 'idle', 'draining'], [0]],
    [
      'retires idle agents above standby',
      { agentCount: 3, standby: 1 },
      { queued: new Map([['linux', known(0)]]) },
      ['busy', 'idle', 'idle'],
      [0, 1],
    ],
    ['keeps all agents while nobody counts the queue', { agentCount: 3, standby: 1 }, {}, ['idle', 'idle'], []],
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

  describe('of a pool that follows the queue', () => {
    const pool = aPool({ agentCount: 4, standby: 1 });
    const nothingWaits = { queued: new Map([['linux', known(0)]]) };
    const lately = { since: NOW - pool.timeouts.idleMs + 1 };

    test('gives what is beyond the target its time, and looks again when that is over', () => {
      const result = planned(pool, [anAgent(0, 'idle'), anAgent(1, 'idle', lately)], nothingWaits);
      expect(targets(result, 'disable-agent')).toEqual([]);
      expect(result.wakeAt).toBe(NOW + 1);
    });

    test('retires at once what is above agentCount', () => {
      const agents = [0, 1, 2, 3, 4].map(n => anAgent(n, 'idle', lately));
      expect(targets(planned(pool, agents, nothingWaits), 'disable-agent')).toEqual([nameOf(0)]);
    });

    test('does not take one that starts or is offline for one that waits for a job', () => {
      const agents = [anAgent(0, 'idle'), anAgent(1, 'starting', recent), anAgent(2, 'offline', recent)];
      expect(targets(planned(pool, agents, nothingWaits), 'disable-agent')).toEqual([]);
    });

    test('retires the old base first', () => {
      const old = anAgent(2, 'idle');
      const instance = old.instance && { ...old.instance, base: 'base-0' };
      const result = planned(pool, [anAgent(0, 'idle'), anAgent(1, 'busy'), { ...old, instance }], nothingWaits);
      expect(targets(result, 'disable-agent')).toContain(nameOf(2));
      expect(targets(result, 'disable-agent')).not.toContain(nameOf(0));
    });

    test('retires those of the oldest base first, and of one base those that are idle longest', () => {
      const bases = known(
        ['base-1', 'older', 'oldest'].map((name, n) => aBase(name, { createdAt: 9 - n, provenFor: ['linux'] })),
      );
      const of = (n: number, base: string, idleMs: number) =>
        anAgent(n, 'idle', { since: NOW - 1_000_000 - idleMs, instance: anInstance({ name: nameOf(n), base }) });
      const agents = [
        of(0, 'base-1', 5),
        of(1, 'base-1', 6),
        of(2, 'older', 7),
        of(3, 'oldest', 1),
        of(4, 'oldest', 2),
      ];
      const gone = (standby: number) =>
        targets(planned({ ...pool, agentCount: 5, standby }, agents, { ...nothingWaits, bases }, 0), 'disable-agent');
      expect(gone(1)).toEqual([4, 3, 2, 1].map(nameOf));
      expect(gone(4)).toEqual([nameOf(4)]);
    });

    test.each([
      ['one', 'beside idle agents', { held: true, mostAtOnce: undefined }, 3],
      ['none', 'for one of as many jobs as may run at once', { held: true, mostAtOnce: 2 }, 4],
      ['none', 'for its agent', { held: false, mostAtOnce: undefined }, 4],
    ])('with a standby of 0 keeps %s idle to show that a request waits %s', (_, _how, given, gone) => {
      const request = { ...aRequest(1), agentPool: '', since: NOW, pool: 'linux', unmet: [], couldTakeAt: NOW };
      const waiting = [{ ...request, turn: undefined, ...given }];
      const offers = new Map([['linux', { shownBy: nameOf(0), base: 'base-1', capabilities: {} }]]);
      const result = planned({ ...pool, standby: 0 }, agentsIn('idle', 'idle', 'idle', 'idle'), {
        ...nothingWaits,
        waiting,
        offers,
      });
      expect(targets(result, 'disable-agent')).toHaveLength(gone);
    });

    test('makes none anew to show it where agentCount is taken', () => {
      const request = { ...aRequest(1), agentPool: '', since: NOW, pool: 'linux', unmet: [], couldTakeAt: NOW };
      const waiting = [{ ...request, turn: undefined, held: true, mostAtOnce: undefined }];
      const seen = { ...nothingWaits, waiting };
      const full = planned({ ...pool, standby: 0 }, agentsIn('busy', 'busy', 'busy', 'busy'), seen);
      expect(targets(full, 'create-instance')).toEqual([]);
      const place = planned({ ...pool, standby: 0, reserve: 0 }, agentsIn('busy', 'busy', 'busy'), seen);
      expect(targets(place, 'create-instance')).toHaveLength(1);
    });

    test('keeps what is prepared while the queue is unread', () => {
      const agents = [anAgent(0, 'idle'), anAgent(1, 'prepared'), anAgent(2, 'prepared')];
      const seen = { queued: new Map([['linux', unknown()]]) };
      expect(targets(planned(pool, agents, seen), 'delete-instance')).toEqual([]);
      expect(targets(planned(pool, agents, nothingWaits), 'delete-instance')).toEqual([nameOf(1), nameOf(2)]);
    });

    test('makes agents for what waits though others drain or are offline', () => {
      const agents = [anAgent(0, 'offline', recent), anAgent(1, 'draining', recent), anAgent(2, 'prepared')];
      const result = planned(pool, agents, { queued: new Map([['linux', known(1)]]) });
      expect(targets(result, 'activate-agent')).toEqual([nameOf(2)]);
      expect(targets(result, 'create-instance')).toHaveLength(1);
    });
  });

  test('counts an agent that is being disabled as leaving, whichever stands first in the list', () => {
    const inFlight: Action[] = [
      { kind: 'disable-agent', pool: 'linux', name: nameOf(1), agentId: 1, agentPool: '', reason: '' },
    ];
    expect(planned(aPool({ agentCount: 1 }), agentsIn('idle', 'idle'), { inFlight }).actions).toEqual([]);
  });

  test('deletes no instance that it needed a moment ago: the count may only have wavered', () => {
    const wavering = [anAgent(0, 'idle'), anAgent(1, 'busy'), anAgent(2, 'preparing', { since: NOW - 5_000 })];
    expect(targets(planned(aPool(), wavering), 'delete-instance')).toEqual([]);
    const justPrepared = anAgent(2, 'prepared', { since: NOW - 9_999 });
    const result = planned(aPool(), [...wavering.slice(0, 2), justPrepared]);
    expect(targets(result, 'delete-instance')).toEqual([]);
    expect(result.wakeAt).toBe(NOW + 1);
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

describe.each([
  ['an agent that a person drains', { drainedAgents: new Set([nameOf(0)]) }],
  ['an agent of a pool that a person drains', { drained: new Set(['linux']) }],
])('%s', (_, wish) => {
  test.each<[string, Agent, readonly Action['kind'][]]>([
    ['is idle', anAgent(0, 'idle'), ['disable-agent']],
    ['is offline', anAgent(0, 'offline', recent), ['disable-agent']],
    ['is prepared', anAgent(0, 'prepared', recent), ['delete-instance']],
    ['is preparing', anAgent(0, 'preparing', recent), ['delete-instance']],
    ['starts, and is registered', anAgent(0, 'starting', { ...recent, registration: offline }), ['disable-agent']],
    ['starts, and is not registered yet', anAgent(0, 'starting', recent), []],
    ['starts, and Azure is unread', anAgent(0, 'starting', { ...recent, registration: unknown() }), []],
    ['was given a job before it was seen online', anAgent(0, 'busy', { registration: assigned }), []],
  ])('that %s', (_title, agent, expected) => {
    const { actions } = planned(aPool({ agentCount: 1, reserve: 1 }), [agent], wish);
    expect(actions.flatMap(action => ('name' in action && action.name === nameOf(0) ? [action.kind] : []))).toEqual(
      expected,
    );
  });
});

describe('an agent that a person drains', () => {
  test('keeps its job, and nobody else is drained', () => {
    const busy = anAgent(0, 'busy', { registration: known(aRegistration({ enabled: false, assigned: JOB })) });
    const result = planned(aPool(), [busy, anAgent(1, 'idle')], { drainedAgents: new Set([nameOf(0)]) });
    expect(result.actions).toEqual([]);
  });
});
