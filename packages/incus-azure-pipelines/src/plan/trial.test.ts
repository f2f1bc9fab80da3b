import { describe, expect, test } from 'vitest';
import { count, planned, targets } from '../../test/planned.js';
import { aBase, anAgent, anInstance, aPool, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { Action, Plan } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';

const bases = known([
  aBase('good', { provenFor: ['linux'], docker: true, agentVersion: '4.1.0' }),
  aBase('new', { createdAt: 2, agentVersion: '4.2.0' }),
]);
const wantedBases = new Map([['linux', known('new')]]);

function tried(spec: PoolSpec, agents: readonly Agent[], given: Partial<Observed> = {}, limit = 10): Plan {
  return planned(spec, agents, { bases, wantedBases, ...given }, limit);
}

function of(n: number, phase: AgentPhase, base: string, given: Partial<Agent> = {}): Agent {
  const fresh = phase === 'prepared' || phase === 'preparing' ? { activatedAt: undefined } : {};
  return anAgent(n, phase, { instance: anInstance({ name: nameOf(n), base, ...fresh }), ...given });
}

function creations(result: Plan): [string, string | undefined][] {
  return result.actions.flatMap(action =>
    action.kind === 'create-instance' ? [[action.base, action.tries] satisfies [string, string | undefined]] : [],
  );
}

const idle = [of(0, 'idle', 'good'), of(1, 'idle', 'good')];
const failures = new Map([['try-base/new', { count: 2, retryAt: NOW + 9_000, error: 'never came online' }]]);

describe('a new base beside a proven one', () => {
  test('is copied once, and the proven one for all else', () => {
    expect(creations(tried(aPool({ agentCount: 4, reserve: 1 }), []))).toEqual([
      ...Array.from({ length: 5 }, () => ['good', undefined]),
      ['new', 'new'],
    ]);
    expect(creations(tried(aPool(), idle))).toEqual([['new', 'new']]);
  });

  test('leaves the ceiling its room when several copies were begun before it was known that it has to be tried', () => {
    const agents = [...idle, of(2, 'idle', 'good'), of(3, 'finished', 'good')];
    const begun = [4, 5].map(
      (n): Action => ({
        kind: 'create-instance',
        pool: 'linux',
        name: nameOf(n),
        base: 'new',
        docker: false,
        reason: '',
      }),
    );
    const spec = aPool({ agentCount: 4 });
    expect(creations(tried(spec, agents, { inFlight: begun.slice(1) }))).toEqual([['good', undefined]]);
    expect(creations(tried(spec, agents, { inFlight: begun }))).toEqual([]);
  });

  test('is not copied while its pool waits after an instance that ended before it was of use', () => {
    const waits = (retryAt: number) => new Map([['prepare-instance/linux', { count: 1, retryAt, error: 'went away' }]]);
    const result = tried(aPool(), idle, { failures: waits(NOW + 7_000) });
    expect([creations(result), result.wakeAt]).toEqual([[], NOW + 7_000]);
    expect(creations(tried(aPool(), idle, { failures: waits(NOW) }))).toEqual([['new', 'new']]);
  });

  test('brings its copies what is in it, whatever the configuration asks for', () => {
    const result = tried(aPool({ agentCount: 1 }), [of(0, 'idle', 'good')], {}, 2);
    expect(result.actions).toMatchObject([{ kind: 'create-instance', base: 'new', docker: false }]);
    expect(tried(aPool({ agentCount: 1 }), []).actions[0]).toMatchObject({ base: 'good', docker: true });
  });

  test.each<[string, Agent[], Partial<Observed>]>([
    ['one is preparing', [of(2, 'preparing', 'new')], {}],
    ['one is starting', [of(2, 'starting', 'new')], {}],
    ['one is finished and still there', [of(2, 'finished', 'new')], {}],
    [
      'one is being created',
      [],
      {
        inFlight: [
          { kind: 'create-instance', pool: 'linux', name: 'a', base: 'new', docker: false, tries: 'new', reason: '' },
        ],
      },
    ],
    ['one failed just before', [], { failures }],
    ['the pool is drained', [], { drained: new Set(['linux']) }],
    ['the instances are at their ceiling', [of(2, 'finished', 'good')], {}],
  ])('is not copied while %s', (_, others, given) => {
    expect(creations(tried(aPool(), [...idle, ...others], given)).filter(([base]) => base === 'new')).toEqual([]);
  });

  test('takes the next place that is free, before the reserve', () => {
    const agents = [of(0, 'busy', 'good'), of(2, 'prepared', 'good'), of(3, 'prepared', 'new')];
    const result = tried(aPool({ reserve: 1 }), agents);
    const [activation] = result.actions.filter(action => action.kind === 'activate-agent');
    expect(activation).toMatchObject({ name: nameOf(3), tries: 'new', agentVersion: '4.2.0' });
    expect([count(result, 'activate-agent'), count(result, 'create-instance')]).toEqual([1, 0]);
  });

  test('takes one place, and the reserve the others', () => {
    const agents = [of(2, 'prepared', 'good'), of(3, 'prepared', 'new')];
    const result = tried(aPool({ reserve: 1 }), agents);
    expect(targets(result, 'activate-agent')).toEqual([nameOf(3), nameOf(2)]);
  });

  test('takes no second place while the first has yet to show', () => {
    const agents = [of(0, 'starting', 'new'), of(1, 'prepared', 'new'), of(2, 'prepared', 'good')];
    const result = tried(aPool({ reserve: 1 }), agents);
    expect([targets(result, 'activate-agent'), targets(result, 'delete-instance')]).toEqual([[nameOf(2)], [nameOf(1)]]);
  });

  test('gets a place by a drain where no agent has a job', () => {
    const prepared = of(2, 'prepared', 'new');
    const quiet = tried(aPool(), [...idle, prepared]);
    expect(quiet.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0) }]);
    expect(count(tried(aPool(), [of(0, 'idle', 'good'), of(1, 'draining', 'good'), prepared]), 'disable-agent')).toBe(
      0,
    );
    expect(count(tried(aPool(), [...idle, of(2, 'preparing', 'new')]), 'disable-agent')).toBe(0);
    expect(count(tried(aPool(), [...idle, prepared], { failures }), 'disable-agent')).toBe(0);
    const inFlight: Action[] = [
      { kind: 'disable-agent', pool: 'linux', name: nameOf(1), agentId: 1, agentPool: '', reason: '' },
    ];
    expect(tried(aPool(), [...idle, prepared], { inFlight }).actions).toEqual([]);
  });

  test('gets a place by a drain while others have jobs, as long as one more is idle', () => {
    const agents = [of(0, 'busy', 'good'), of(1, 'idle', 'good'), of(2, 'idle', 'good'), of(3, 'prepared', 'new')];
    const result = tried(aPool({ agentCount: 3 }), agents);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(0), nameOf(1)]);
    expect(result.actions[1]?.reason).toBe('makes way for an agent that tries the new base');
  });

  test('takes a place beside all others in a pool that scales, and nobody makes way for it', () => {
    const queued = new Map([['linux', known(0)]]);
    const spec = aPool({ agentCount: 2, standby: 1 });
    const beside = tried(spec, [of(0, 'idle', 'good'), of(3, 'prepared', 'new')], { queued });
    expect(beside.actions).toMatchObject([{ kind: 'activate-agent', name: nameOf(3), tries: 'new' }]);
    const meanwhile = tried(spec, [of(0, 'idle', 'good'), of(3, 'starting', 'new')], { queued });
    expect(meanwhile.actions).toEqual([]);
    const agents = [of(2, 'prepared', 'good'), of(3, 'prepared', 'new')];
    expect(
      targets(tried({ ...spec, reserve: 1 }, [...idle.slice(1), ...agents], { queued }), 'activate-agent'),
    ).toEqual([nameOf(3)]);
  });

  test('gets a place by a drain in a pool that scales and is full, once its queue is known', () => {
    const agents = [...idle, of(3, 'prepared', 'new')];
    const spec = aPool({ agentCount: 2, standby: 1 });
    const drained = (queued: Observed['queued']) => targets(tried(spec, agents, { queued }), 'disable-agent');
    expect(drained(new Map([['linux', known(1)]]))).toEqual([nameOf(0)]);
    expect(drained(new Map([['linux', unknown()]]))).toEqual([]);
  });

  test('waits for the end of a job where there is one and one agent is idle', () => {
    const agents = [of(0, 'busy', 'good'), of(1, 'idle', 'good'), of(2, 'prepared', 'new')];
    expect(targets(tried(aPool(), agents), 'disable-agent')).toEqual([nameOf(0)]);
    expect(tried(aPool(), agents).actions).toMatchObject([{ reason: 'has its one job' }]);
  });

  test('ends no agent and no reserve of the proven one', () => {
    const agents = [of(0, 'busy', 'good'), of(1, 'idle', 'good'), of(2, 'prepared', 'good'), of(3, 'starting', 'new')];
    const result = tried(aPool({ agentCount: 3, reserve: 1 }), agents);
    expect(result.actions).toMatchObject([{ reason: 'has its one job' }]);
  });

  test('that failed leaves all places to the proven one, and is tried again when its time comes', () => {
    const agents = [of(0, 'idle', 'good'), of(2, 'prepared', 'good')];
    const result = tried(aPool({ reserve: 1 }), agents, { failures });
    expect([targets(result, 'activate-agent'), creations(result)]).toEqual([[nameOf(2)], [['good', undefined]]]);
    expect(result.wakeAt).toBe(NOW + 9_000);
    const past = new Map([['try-base/new', { count: 2, retryAt: NOW, error: '' }]]);
    expect(creations(tried(aPool(), idle, { failures: past }))).toEqual([['new', 'new']]);
  });

  test('takes no place while Azure is unread', () => {
    const agents = [of(0, 'idle', 'good'), of(2, 'prepared', 'new', { registration: unknown() })];
    expect(count(tried(aPool(), agents), 'activate-agent')).toBe(0);
  });

  test('that nobody wants any more is deleted with its instances', () => {
    const others = known([...(bases.known ? bases.value : []), aBase('newer')]);
    const agents = [...idle, of(2, 'prepared', 'new')];
    const result = tried(aPool(), agents, { bases: others, wantedBases: new Map([['linux', known('newer')]]) });
    expect(targets(result, 'delete-instance')).toEqual([nameOf(2)]);
  });
});
