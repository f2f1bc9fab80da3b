import { describe, expect, test } from 'vitest';
import { aFailure, agentsIn, count, planned, targets } from '../../test/planned.js';
import {
  aBase,
  aLife,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  known,
  NOW,
  nameOf,
} from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { plan } from './plan.js';

describe('limits', () => {
  test('creates at most so many at once over all pools, missing agents before any reserve', () => {
    const pools = ['a', 'b'].map(name => aPool({ name, agentCount: 1, reserve: 1 }));
    const base = aBase('base-1', { pool: 'a' });
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

  test('creates for the pool that has the least of what it wants, however big the first one is', () => {
    const pools = [
      aPool({ name: 'big', agentCount: 32, reserve: 0 }),
      aPool({ name: 'small', agentCount: 2, reserve: 0 }),
    ];
    const observed = anObserved([], {
      bases: known([aBase('base-1', { pool: 'big' })]),
      wantedBases: new Map(pools.map(({ name }) => [name, known('base-1')])),
    });
    const { actions } = plan(pools, observed, NOW, { maxConcurrentCreates: 5 });
    expect(actions.map(({ pool }) => pool)).toEqual(['big', 'small', 'big', 'big', 'big']);
  });

  test('counts an instance that has just begun to boot as one that is being created', () => {
    const booting = anAgent(0, 'preparing', { since: NOW - 1_000 });
    const result = planned(aPool(), [booting], {}, 1);
    expect([count(result, 'create-instance'), result.wakeAt]).toEqual([0, NOW + 9_000]);
  });

  test.each([-3_600_000, 3_600_000])('are not upset by a clock of the Incus host that is %i ms off', offMs => {
    const instance = anInstance({ activatedAt: undefined, createdAt: NOW - 10_000 + offMs });
    const booted = anAgent(0, 'preparing', { since: NOW - 10_000, instance });
    const booting = anAgent(0, 'preparing', { since: NOW - 9_999, instance });
    expect(count(planned(aPool(), [booted], {}, 1), 'create-instance')).toBe(1);
    expect(count(planned(aPool(), [booting], {}, 1), 'create-instance')).toBe(0);
  });

  test('never has more instances than agents, reserve and half as many going down', () => {
    const goingDown: AgentPhase[] = ['finished', 'finished', 'stopped'];
    const spec = aPool({ agentCount: 4, reserve: 1 });
    expect(count(planned(spec, agentsIn(...goingDown)), 'create-instance')).toBe(4);
    expect(count(planned(spec, agentsIn('idle', 'idle', 'idle', ...goingDown)), 'create-instance')).toBe(1);
    expect(count(planned(spec, agentsIn('idle', 'idle', 'idle', 'finished', ...goingDown)), 'create-instance')).toBe(0);
  });

  test('say that instances which go down take up the room, and only then', () => {
    const waiting = (...phases: AgentPhase[]) =>
      planned(aPool({ agentCount: 2, reserve: 0 }), agentsIn(...phases)).pools.get('linux')?.waiting;
    expect(waiting('finished', 'finished', 'finished')).toMatch(/^3 instances are there, and the pool may have 3; /);
    expect(waiting('finished', 'finished')).toBeUndefined();
    expect(waiting('idle', 'idle', 'finished')).toBeUndefined();
    expect(waiting('idle', 'preparing', 'finished')).toBeUndefined();
  });

  test.each([0, 1])(
    'a pool whose creations have failed takes the room of one at once, with %i of them under way',
    ways => {
      const pools = ['failing', 'other'].map(name => aPool({ name, agentCount: 3 }));
      const inFlight = Array.from({ length: ways }, (): Action => {
        return { kind: 'create-instance', pool: 'failing', name: nameOf(9), base: 'base-1', docker: false, reason: '' };
      });
      const observed = anObserved([], {
        bases: known([aBase('base-1', { pool: 'failing', provenFor: ['failing', 'other'] })]),
        wantedBases: new Map(pools.map(({ name }) => [name, known('base-1')])),
        failures: new Map([['create-instance/failing', aFailure(NOW)]]),
        inFlight,
      });
      const { actions } = plan(pools, observed, NOW, { maxConcurrentCreates: 3 });
      expect(actions.map(({ pool }) => pool).sort()).toEqual([...(ways === 0 ? ['failing'] : []), 'other', 'other']);
    },
  );

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
