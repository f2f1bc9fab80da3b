import { describe, expect, test } from 'vitest';
import { aHost, aRequest, aSight, counts, first, KEY, second } from '../../test/queue-examples.js';
import {
  aLife,
  anAgent,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  OWNER,
  OWNERS,
  unknown,
} from '../../test/simulation/examples.js';
import type { HeldUp } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import { isLeft, type WaitingRequest } from '../model/queue.js';
import type { FreeAgent } from './other-hosts.js';
import { HELD_MS, type QueueSight, shareQueue } from './queue.js';

describe('a queue', () => {
  test('is shared out in the order of the file, each request once, as far as there is room', () => {
    expect(counts(aSight([1, 2, 3].map(id => aRequest(id))))).toEqual({ first: 2, second: 1 });
    expect(counts(aSight([1, 2, 3, 4, 5, 6].map(id => aRequest(id))))).toEqual({ first: 3, second: 3 });
  });

  test('counts a request for the pool whose idle agent will be given it', () => {
    const agents = [anAgent(0, 'idle', { pool: 'second', since: NOW })];
    expect(counts(aSight([aRequest(1)], { agents }))).toEqual({ first: 0, second: 1 });
  });

  test('counts requests for a pool whose agents are on their way, before others are made', () => {
    const own = (n: number, phase: AgentPhase) => anAgent(n, phase, { pool: 'second' });
    const agents = [own(0, 'starting'), own(1, 'preparing')];
    const requests = [1, 2, 3].map(id => aRequest(id));
    expect(counts(aSight(requests, { agents }))).toEqual({ first: 1, second: 2 });
    const keeping = { ...second, reserve: 1 };
    expect(counts(aSight(requests, { agents }), [first, keeping])).toEqual({ first: 2, second: 1 });
  });

  test.each<[HeldUp['in'], number]>([
    ['creating', 2],
    ['registering', 1],
  ])('passes over a pool that is held up in %s, but for %i agents that it has or can have', (held, there) => {
    const heldUp = new Map([['large', { in: held, isToBeTried: false }]]);
    const large = aPool({ name: 'large', agentCount: 5, standby: 1, reserve: 1 });
    const agents = [anAgent(0, 'starting', { pool: 'large' }), anAgent(1, 'prepared', { pool: 'large' })];
    const offers = new Map(['large', 'second'].map(name => [name, { shownBy: undefined, capabilities: {} }] as const));
    const requests = [1, 2, 3, 4].map(id => aRequest(id));
    const sight = aSight(requests, { agents, heldUp, offers });
    expect(counts(sight, [large, second])).toEqual({ large: there, second: 4 - there });
    expect(counts(sight, [large])).toEqual({ large: 4 });
    const toBeTried = new Map([['large', { in: held, isToBeTried: true }]]);
    expect(counts({ ...sight, heldUp: toBeTried }, [large, second])).toEqual({ large: there, second: 4 - there });
    expect(counts({ ...sight, heldUp: toBeTried, agents: [] }, [large, second])).toEqual({ large: 1, second: 3 });
    const both = new Map([...heldUp, ['second', { in: held, isToBeTried: false }]] as const);
    expect(counts({ ...sight, heldUp: both, agents: [] }, [large, second])).toEqual({ large: 4, second: 0 });
  });

  test('counts a request for a pool that offers what it demands', () => {
    const requests = [aRequest(1, { demands: ['GPU -equals TWO', 'Agent.Version -gtVersion 2.163.1'] })];
    expect(counts(aSight(requests))).toEqual({ first: 0, second: 1 });
  });

  test('counts for nobody what no pool offers, and tells what the nearest one lacks', () => {
    const sight = aSight([aRequest(1, { demands: ['docker', 'fpga', 'Agent.Version -gtVersion 4.0.0'] })]);
    expect(counts(sight)).toEqual({ first: 0, second: 0 });
    expect(shareQueue([], sight, [first, second], NOW).waiting).toMatchObject([{ pool: undefined, unmet: ['fpga'] }]);
  });

  test('leaves out what an agent has, be it taken or on its way', () => {
    const registrations = new Map([
      [KEY, known([aRegistration({ name: 'foreign', assigned: { ...JOB, requestId: 2, received: false } })])],
    ]);
    expect(counts(aSight([aRequest(1, { received: true }), aRequest(2)], { registrations }))).toEqual({
      first: 0,
      second: 0,
    });
  });

  test('counts again what a foreign agent was given that is offline, and not what one of ours has that lives', () => {
    const assigned = { ...JOB, requestId: 1, received: false };
    const lost = (name: string) => new Map([[KEY, known([aRegistration({ name, online: false, assigned })])]]);
    expect(counts(aSight([aRequest(1)], { registrations: lost('foreign') }))).toEqual({ first: 1, second: 0 });
    const agents = [anAgent(0, 'busy', { pool: 'first' })];
    expect(counts(aSight([aRequest(1)], { registrations: lost(nameOf(0)), agents }))).toEqual({ first: 0, second: 0 });
  });

  test('leaves out what agents have done since it was read, which they say before Azure does', () => {
    const over = (n: number, life: Partial<Agent['life']> = {}) =>
      anAgent(n, 'finished', { pool: 'first', since: NOW + 1, life: aLife({ saidFinished: true, ...life }) });
    const requests = [1, 2, 3, 4].map(id => aRequest(id));
    const agents = [over(0), over(1), { ...over(2), phase: 'orphan' } as const];
    expect(counts(aSight(requests, { agents }))).toEqual({ first: 1, second: 0 });
    const { waiting } = shareQueue([], aSight(requests, { agents }), [first, second], NOW);
    expect(waiting.map(({ requestId }) => requestId)).toEqual([4]);
    const others = [over(0, { requestId: 3 }), over(1, { deregistered: true }), { ...over(2), since: NOW }];
    expect(counts(aSight(requests, { agents: others }))).toEqual({ first: 2, second: 1 });
    const only = [aRequest(1, { demands: ['gpu'] })];
    expect(counts(aSight(only, { agents }))).toEqual({ first: 0, second: 1 });
  });

  test.each([
    ['the queue', { requests: new Map([[KEY, unknown()]]) }],
    ['the agents', { registrations: new Map([[KEY, unknown()]]) }],
  ])('is not known while %s cannot be read, and what waited is remembered', (_, given) => {
    const { waiting } = shareQueue([], aSight([aRequest(1)]), [first, second], NOW);
    const queue = shareQueue(waiting, aSight([], given), [first, second], NOW + 1);
    expect([...queue.queued.values()].map(({ known: isKnown }) => isKnown)).toEqual([false, false]);
    expect(queue.waiting).toEqual(waiting);
  });

  test('is counted for no pool of fixed size, though its agents are given requests', () => {
    const fixed = aPool({ name: 'first', agentCount: 2 });
    const agents = [anAgent(0, 'idle', { pool: 'first' }), anAgent(1, 'busy', { pool: 'first' })];
    expect(counts(aSight([aRequest(1), aRequest(2)], { agents }), [fixed, second])).toEqual({ second: 1 });
  });
});

describe('a request that waits beside an idle agent', () => {
  const idle = anAgent(0, 'idle', { pool: 'first', since: NOW - HELD_MS });
  const look = (before: readonly WaitingRequest[], agents = [idle], now = NOW) => {
    const requests = new Map([[KEY, known([aRequest(1)], now)]]);
    return shareQueue(before, aSight([], { requests, agents }), [first], now);
  };
  const [fresh] = look([], [], NOW - HELD_MS).waiting;
  const old = fresh === undefined ? [] : [fresh];

  test('is not waited for by another agent once both have lasted for a minute', () => {
    const { queued, waiting } = look(old);
    expect(queued.get('first')).toMatchObject({ value: 0 });
    expect(waiting).toMatchObject([{ held: true, pool: 'first', since: NOW - HELD_MS }]);
  });

  test('stands with the pool that has that agent, though another one in the file could have one, too', () => {
    const agents = [anAgent(0, 'idle', { pool: 'second', since: NOW - HELD_MS })];
    const { waiting } = shareQueue(old, aSight([aRequest(1)], { agents }), [first, second], NOW);
    expect(waiting).toMatchObject([{ held: true, pool: 'second' }]);
  });

  test.each([
    ['has waited for less', look([], [idle], NOW - 1).waiting, [idle]],
    ['has seen it idle for less', old, [{ ...idle, since: NOW - HELD_MS + 1 }]],
  ])('is counted while it %s', (_, before, agents) => {
    expect(look(before, agents).queued.get('first')).toMatchObject({ value: 1 });
  });

  test('is counted where the agent, of an older base, offers less than the next ones', () => {
    const registration = known(aRegistration({ capabilities: { 'agent.version': '4.275.0' } }));
    const docker = (id: number) => aRequest(id, { demands: ['docker'] });
    const before = old.map(request => ({ ...request, demands: ['docker'] }));
    const counted = (agents: readonly Agent[]) => counts(aSight([docker(1)], { agents }), [first], before);
    expect(counted([{ ...idle, registration }])).toEqual({ first: 1 });
    expect(counted([idle])).toEqual({ first: 0 });
  });

  test('stays so while the agent has another job for a moment, and counts when nobody is idle for a minute', () => {
    const { waiting } = look(old);
    expect(look(waiting, [], NOW + HELD_MS - 1).queued.get('first')).toMatchObject({ value: 0 });
    expect(look(waiting, [], NOW + HELD_MS).queued.get('first')).toMatchObject({ value: 1 });
  });
});

describe('where another host makes agents too', () => {
  const since = NOW - HELD_MS;
  const free = { name: 'theirs', online: true, since, capabilities: {} };
  const look = (theirs: readonly FreeAgent[], before: readonly WaitingRequest[] = []) => {
    const hosts = [aHost(OWNERS[1] ?? '', { free: theirs })];
    const others = new Map([[KEY, { owner: OWNER, hosts, intervalMs: 10_000 }]]);
    return shareQueue(
      before,
      aSight(
        [1, 2, 3, 4].map(id => aRequest(id)),
        { others },
      ),
      [second],
      NOW,
    );
  };

  test('what counts here is what is left to nobody else', () => {
    const { queued, waiting } = look([free]);
    const here = waiting.filter(one => !isLeft(one)).length;
    expect(queued.get('second')).toMatchObject({ value: here });
    expect(here).toBeLessThan(4);
    expect(waiting.filter(({ turn }) => turn?.of === 'agent')).toHaveLength(1);
  });

  test('an agent of theirs that is idle for a minute shows that a request waits for something else', () => {
    const before = look([]).waiting.map(one => ({ ...one, since }));
    expect(look([free], before).waiting.every(({ held }) => held)).toBe(true);
    expect(look([{ ...free, online: false }], before).waiting.some(({ held }) => held)).toBe(false);
  });
});

describe('a queue that is read for those who look, since no pool scales,', () => {
  const fixed = aPool({ name: 'first', agentCount: 2, standby: 2 });
  const waitingIn = (sight: QueueSight) => shareQueue([], sight, [fixed], NOW).waiting;

  test('is counted, and nobody is told unfit before an agent has shown what it offers', () => {
    const sight = aSight([aRequest(1, { demands: ['fpga'] })]);
    expect(counts(sight, [fixed])).toEqual({ first: 1 });
    expect(waitingIn(sight)).toMatchObject([{ pool: 'first', unmet: [] }]);
    const offers = new Map([['first', { shownBy: nameOf(0), capabilities: { docker: '' } }]]);
    expect(waitingIn({ ...sight, offers })).toMatchObject([{ pool: undefined, unmet: ['fpga'] }]);
  });

  test('leaves nothing to another host, since nobody makes an agent for it', () => {
    const hosts = [aHost(OWNERS[1] ?? '')];
    const others = new Map([[KEY, { owner: OWNER, hosts, intervalMs: 10_000 }]]);
    const requests = [1, 2, 3, 4].map(id => aRequest(id));
    expect(waitingIn(aSight(requests, { others })).every(({ turn }) => turn === undefined)).toBe(true);
  });
});
