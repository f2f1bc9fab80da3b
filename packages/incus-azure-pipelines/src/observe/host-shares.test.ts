import { describe, expect, test } from 'vitest';
import { aHost } from '../../test/queue-examples.js';
import { NOW, OWNER, OWNERS } from '../../test/simulation/examples.js';
import { agentName } from '../model/agent-name.js';
import type { Turn, UnfinishedRequest, WaitingRequest } from '../model/queue.js';
import { type Here, HostShares } from './host-shares.js';
import type { FreeAgent, OtherHost } from './other-hosts.js';

const [, B = '', C = ''] = OWNERS;
const ALL = [OWNER, B, C];
const INTERVAL_MS = 10_000;
/** Twice the interval, and what an agent takes. */
const PATIENCE_MS = 40_000;
const ROOM: Here = { idle: false, coming: false, room: true };
const IDLE: Here = { idle: true, coming: true, room: true };
const FULL: Here = { idle: false, coming: false, room: false };

function aRequest(requestId: number, demands: readonly string[] = []): UnfinishedRequest {
  return { requestId, jobName: 'build', demands, received: false, isPrivate: false, queuedAt: undefined };
}

function waiting(request: UnfinishedRequest, turn: Turn, since = turn.since): WaitingRequest {
  const { jobName, demands, requestId } = request;
  const unchanged = { unmet: [], couldTakeAt: undefined, held: false, mostAtOnce: undefined, queuedAt: undefined };
  return { requestId, jobName, demands, agentPool: '', since, pool: 'linux', turn, ...unchanged };
}

function anAgentOf(owner: string, given: Partial<FreeAgent> = {}): FreeAgent {
  return { name: agentName('host', owner, NOW), online: true, since: NOW, capabilities: {}, ...given };
}

function sharesOf(hosts: readonly OtherHost[], { owner = OWNER, now = NOW } = {}): HostShares {
  return new HostShares({ owner, hosts, intervalMs: INTERVAL_MS }, now);
}

/** The host whose turn it is, as each of the three reckons by itself. */
function turnsOf(request: UnfinishedRequest, known?: WaitingRequest, now = NOW): string[] {
  return ALL.filter(owner => {
    const others = ALL.filter(other => other !== owner).map(other => aHost(other));
    return sharesOf(others, { owner, now }).turnFor(request, known, ROOM).of === 'here';
  });
}

describe('what no agent can take', () => {
  test('is one host’s alone, as each reckons for itself, and about as much is each one’s', () => {
    const turns = Array.from({ length: 300 }, (_, id) => turnsOf(aRequest(id)));
    expect(turns.every(turn => turn.length === 1)).toBe(true);
    for (const owner of ALL) {
      const share = turns.filter(([turn]) => turn === owner).length;
      expect(share).toBeGreaterThan(75);
      expect(share).toBeLessThan(125);
    }
  });

  test('is never left to a host that has nothing but registrations left over', () => {
    const gone = aHost(B, { isThere: false, agents: 0, free: [anAgentOf(B, { online: false, since: NOW - 60_000 })] });
    for (const here of [ROOM, FULL])
      for (let id = 0; id < 20; id++) expect(sharesOf([gone]).turnFor(aRequest(id), undefined, here).of).toBe('here');
  });

  test('stays with the hosts that remain when one has gone', () => {
    for (let id = 0; id < 100; id++) {
      const [before] = turnsOf(aRequest(id));
      const without = sharesOf([aHost(B)]).turnFor(aRequest(id), undefined, ROOM).of;
      if (before === OWNER) expect(without).toBe('here');
      if (before === B) expect(without).toBe('host');
    }
  });

  test('goes to the next, and to one alone, when a host has let its turn pass, and that host is taken for full', () => {
    const request = aRequest(firstOf(B));
    const known = waiting(request, { of: 'host', since: NOW, passed: 0 });
    const [next] = turnsOf(request, known, NOW + PATIENCE_MS);
    expect(turnsOf(request, known, NOW + PATIENCE_MS - 1)).toEqual([B]);
    expect(turnsOf(request, known, NOW + PATIENCE_MS).filter(owner => owner !== B)).toEqual([next]);
    const shares = sharesOf([aHost(B, { agents: 3 }), aHost(C)], { now: NOW + PATIENCE_MS });
    shares.turnFor(request, known, ROOM);
    expect(shares.hosts).toEqual([aHost(B, { agents: 3, full: { since: NOW + PATIENCE_MS, agents: 3 } }), aHost(C)]);
  });

  test('stays with a host that makes agents one after the other, until the last of them was so long ago', () => {
    const request = aRequest(firstOf(B));
    const known = waiting(request, { of: 'host', since: NOW, passed: 0 });
    const most = { agents: 3, grewAt: NOW + 30_000, fewerSince: undefined };
    const look = (now: number) => {
      const shares = sharesOf([aHost(B, { agents: 3, most }), aHost(C)], { now });
      return [shares.turnFor(request, known, ROOM).passed, shares.hosts[0]?.full?.agents];
    };
    expect(look(NOW + 30_000 + PATIENCE_MS - 1)).toEqual([0, undefined]);
    expect(look(NOW + 30_000 + PATIENCE_MS)).toEqual([1, 3]);
  });

  test('has no turn at a host whose agents could not do what it demands', () => {
    const request = aRequest(firstOf(B), ['gpu']);
    const turn = (...hosts: readonly OtherHost[]) => sharesOf(hosts).turnFor(request, undefined, ROOM).of;
    const isWithout = aHost(B, { told: [{ docker: '' }, {}] });
    expect(turn(aHost(B))).toBe('host');
    expect(turn(aHost(B, { told: [{ docker: '' }, { gpu: '' }] }))).toBe('host');
    expect(turn(isWithout)).toBe('here');
    expect(sharesOf([isWithout]).turnFor(request, undefined, FULL).of).toBe('here');
  });

  test('is not left to a host that is taken for full', () => {
    const shares = sharesOf([
      aHost(B, { full: { since: NOW, agents: 1 } }),
      aHost(C, { full: { since: NOW, agents: 1 } }),
    ]);
    for (let id = 0; id < 50; id++) expect(shares.turnFor(aRequest(id), undefined, ROOM).of).toBe('here');
  });

  test('is left to the others where there is no room here', () => {
    for (let id = 0; id < 50; id++) expect(sharesOf([aHost(B)]).turnFor(aRequest(id), undefined, FULL).of).toBe('host');
  });
});

describe('what an agent can take', () => {
  test.each([
    ['idle', true],
    ['on its way', false],
  ])('is left to one of another host that is %s, one for each, and to nobody else', (_, online) => {
    const shares = sharesOf([aHost(B, { free: [anAgentOf(B, { online })] })]);
    const [first, second] = [firstOf(OWNER), firstOf(OWNER, 1)].map(id =>
      shares.turnFor(aRequest(id), undefined, ROOM),
    );
    expect(first).toEqual({ of: 'agent', since: NOW, passed: 0 });
    expect(second).toMatchObject({ of: 'here' });
  });

  test('is no more left to one that was to be on its way for a minute, nor by what waits for long', () => {
    const request = aRequest(firstOf(OWNER));
    const late = sharesOf([aHost(B, { free: [anAgentOf(B, { online: false, since: NOW - 60_000 })] })]);
    expect(late.turnFor(request, undefined, ROOM).of).toBe('here');
    const shares = sharesOf([aHost(B, { free: [anAgentOf(B, { online: false })] })]);
    const known = waiting(request, { of: 'agent', since: NOW, passed: 0 }, NOW - PATIENCE_MS);
    expect(shares.turnFor(request, known, ROOM).of).toBe('here');
  });

  test('is not left to one that cannot do it', () => {
    const request = aRequest(firstOf(OWNER), ['docker']);
    const shares = (capabilities: FreeAgent['capabilities']) =>
      sharesOf([aHost(B, { free: [anAgentOf(B, { capabilities })] })]);
    expect(shares({}).turnFor(request, undefined, ROOM).of).toBe('here');
    expect(shares({ docker: '' }).turnFor(request, undefined, ROOM).of).toBe('agent');
    expect(shares({ docker: '' }).idle(request.demands)).toHaveLength(1);
  });

  test('counts here where the idle agent is ours, or where of several the number says so', () => {
    expect(sharesOf([aHost(B)]).turnFor(aRequest(firstOf(B)), undefined, IDLE).of).toBe('here');
    const turns = Array.from({ length: 50 }, (_, id) =>
      sharesOf([aHost(B, { free: [anAgentOf(B)] })]).turnFor(aRequest(id), undefined, IDLE),
    );
    expect(new Set(turns.map(({ of }) => of))).toEqual(new Set(['here', 'agent']));
  });

  test('stays here once it was claimed, while agents are on their way', () => {
    const request = aRequest(firstOf(B));
    const known = waiting(request, { of: 'here', since: NOW - 1, passed: 1 });
    const shares = () => sharesOf([aHost(B, { free: [anAgentOf(B)] })]);
    expect(shares().turnFor(request, known, { ...ROOM, coming: true })).toBe(known.turn);
    expect(shares().turnFor(request, known, ROOM).of).toBe('agent');
  });
});

/** The number of a request, the nth from the lowest on, that is this host's of three. */
function firstOf(owner: string, nth = 0): number {
  const ids = Array.from({ length: 100 }, (_, id) => id);
  return ids.filter(id => turnsOf(aRequest(id))[0] === owner)[nth] ?? 0;
}
