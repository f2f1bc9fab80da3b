import { describe, expect, test } from 'vitest';
import { aFailure, agentsIn, count, planned, targets } from '../../test/planned.js';
import { anAgent, anInstance, anObserved, aPool, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import { type Action, PREPARATION, REGISTRATION } from '../model/action.js';
import type { Observed } from '../model/observed.js';
import { plan } from './plan.js';

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
    const failures = new Map([['create-instance/linux', aFailure(NOW + 500)]]);
    expect(planned(aPool(), [], { failures })).toMatchObject({ actions: [], wakeAt: NOW + 500 });
    expect(planned(aPool(), [], { failures }).pools.get('linux')?.waiting).toBe('disk full');
  });

  test('of a whole pool are tried again by one alone, and by no other while that is under way', () => {
    const failures = new Map([['create-instance/linux', aFailure(NOW)]]);
    expect(count(planned(aPool(), [], { failures }), 'create-instance')).toBe(1);
    const common = { pool: 'linux', name: nameOf(0), reason: '' } as const;
    const inFlight: Action[] = [{ kind: 'create-instance', base: 'base-1', docker: false, ...common }];
    expect(count(planned(aPool(), [], { failures, inFlight }), 'create-instance')).toBe(0);
    expect(count(planned(aPool(), [], { inFlight }), 'create-instance')).toBe(1);
    const registering = new Map([['activate-agent/linux', aFailure(NOW)]]);
    expect(count(planned(aPool(), agentsIn('prepared', 'prepared'), { failures: registering }), 'activate-agent')).toBe(
      1,
    );
  });

  test('of one agent do not hold back another', () => {
    const failures = new Map([[`disable-agent/${nameOf(0)}`, aFailure(NOW + 500)]]);
    const result = planned(aPool(), agentsIn('busy', 'busy'), { failures });
    expect(targets(result, 'disable-agent')).toEqual([nameOf(1)]);
  });
});

describe('what is held up', () => {
  const heldUp = (given: Partial<Observed>) => planned(aPool(), [], given).pools.get('linux')?.heldUp;
  const failing = (kind: string, retryAt = NOW + 1) => ({ failures: new Map([[`${kind}/linux`, aFailure(retryAt)]]) });

  test.each<[string, Partial<Observed>]>([
    ['no base is there', { bases: known([]) }],
    ['creations fail', failing('create-instance')],
    ['instances end before they are prepared', failing(PREPARATION)],
  ])('is the creation of instances where %s', (_, given) => {
    expect(heldUp(given)).toEqual({ in: 'creating', isToBeTried: false });
  });

  test.each<[string, Partial<Observed>]>([
    [
      'it is not settled who registers',
      { registration: new Map([['linux', { kind: 'probing', why: 'not asked yet' }]]) },
    ],
    ['activations fail', failing('activate-agent')],
    ['agents end before they are online', failing(REGISTRATION)],
  ])('is the registration of agents where %s', (_, given) => {
    expect(heldUp(given)).toEqual({ in: 'registering', isToBeTried: false });
  });

  test.each([
    ['create-instance', 'creating'],
    [REGISTRATION, 'registering'],
  ])('is to be tried once its time has come: %s', (kind, what) => {
    expect(heldUp(failing(kind, NOW))).toEqual({ in: what, isToBeTried: true });
  });

  test('is nothing where all is well', () => {
    expect(heldUp({})).toBeUndefined();
  });
});

test('one agent has one action at a time', () => {
  const noisy = anAgent(0, 'busy', { instance: anInstance({ noisy: true }) });
  expect(planned(aPool({ agentCount: 1 }), [noisy]).actions.map(action => action.kind)).toEqual(['remove-doorbell']);
  const inFlight: Action[] = [{ kind: 'remove-doorbell', pool: 'linux', name: nameOf(0), reason: '' }];
  expect(planned(aPool({ agentCount: 1 }), [noisy], { inFlight }).actions).toEqual([]);
});

test('pools do not touch the agents of others', () => {
  const pools = [aPool({ agentCount: 0 }), aPool({ name: 'other', agentCount: 1 })];
  const stranger = anAgent(0, 'idle', { pool: 'other', instance: undefined });
  expect(plan(pools, anObserved([stranger]), NOW, { maxConcurrentCreates: 1 }).actions).toEqual([]);
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
