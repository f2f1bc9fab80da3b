import { expect, test } from 'vitest';
import { aRegistration, JOB, NOW, OWNER, OWNERS } from '../../test/simulation/examples.js';
import { agentName } from '../model/agent-name.js';
import { placeholderCapabilities, placeholderName } from '../model/placeholder.js';
import { otherHosts } from './other-hosts.js';

const [, B = '', C = ''] = OWNERS;

function anAgentOf(owner: string, given: Parameters<typeof aRegistration>[0] = {}) {
  return aRegistration({ name: agentName('host', owner, NOW + (given.agentId ?? 0)), ...given });
}

function look(
  list: readonly ReturnType<typeof aRegistration>[],
  before: ReturnType<typeof otherHosts> = [],
  now = NOW,
) {
  return otherHosts(before, list, [], OWNER, now);
}

test('other hosts are told by the names of their agents, and what has or had a job is not free', () => {
  const list = [
    anAgentOf(OWNER),
    aRegistration({ name: 'somebody' }),
    aRegistration({ name: agentName('probe', B, NOW) }),
    anAgentOf(B, { agentId: 1 }),
    anAgentOf(B, { agentId: 2, assigned: JOB }),
    anAgentOf(B, { agentId: 3, completed: JOB }),
    anAgentOf(B, { agentId: 4, enabled: false }),
    anAgentOf(C, { agentId: 5, online: false, capabilities: { docker: '' } }),
    anAgentOf(C, { agentId: 6, online: false, enabled: false }),
  ];
  expect(look(list)).toEqual([
    {
      owner: B,
      isThere: true,
      agents: 4,
      free: [{ name: list[3]?.name, online: true, since: NOW, capabilities: {} }],
      most: { agents: 4, grewAt: undefined, fewerSince: undefined },
      told: [{}, {}, {}, {}],
      full: undefined,
    },
    {
      owner: C,
      isThere: true,
      agents: 1,
      free: [{ name: list[7]?.name, online: false, since: NOW, capabilities: { docker: '' } }],
      most: { agents: 1, grewAt: undefined, fewerSince: undefined },
      told: [],
      full: undefined,
    },
  ]);
});

test('one without an agent now is there while it is remembered', () => {
  expect(otherHosts([], [], [OWNER, B], OWNER, NOW)).toMatchObject([
    { owner: B, isThere: true, agents: 0, free: [], told: [], full: undefined },
  ]);
});

test('it is remembered since when an agent is on its way, and it is no agent any more when it has not come for a minute', () => {
  const list = [anAgentOf(B, { online: false })];
  const [before] = [look(list)];
  expect(look(list, before, NOW + 59_999)).toMatchObject([{ isThere: true, agents: 1, free: [{ since: NOW }] }]);
  expect(look(list, before, NOW + 60_000)).toMatchObject([{ isThere: false, agents: 0, free: [{ since: NOW }] }]);
  expect(look([anAgentOf(B)], before, NOW + 5_000)).toMatchObject([{ agents: 1, free: [{ since: NOW + 5_000 }] }]);
});

test('a host stays full until it shows more agents than it had, or for ten minutes', () => {
  const full = { since: NOW, agents: 1 };
  const before = look([anAgentOf(B)]).map(host => ({ ...host, full }));
  expect(look([anAgentOf(B)], before, NOW + 599_999)).toMatchObject([{ full }]);
  expect(look([anAgentOf(B)], before, NOW + 600_000)).toMatchObject([{ full: undefined }]);
  expect(look([anAgentOf(B), anAgentOf(B, { agentId: 9 })], before, NOW + 1)).toMatchObject([{ full: undefined }]);
});

test('a full host that has had fewer agents for a minute has room again, and one that only replaces them has not', () => {
  const two = [anAgentOf(B, { agentId: 1 }), anAgentOf(B, { agentId: 2 })];
  const [first] = two;
  const one = first === undefined ? [] : [first];
  const full = { since: NOW, agents: 2 };
  const before = look(two).map(host => ({ ...host, full }));
  const fewer = look(one, before, NOW + 1_000);
  expect(look(one, fewer, NOW + 60_999)).toMatchObject([{ full }]);
  expect(look(one, fewer, NOW + 61_000)).toMatchObject([{ full: undefined, most: { agents: 1 } }]);
  const replaced = look(two, fewer, NOW + 30_000);
  expect(look(one, replaced, NOW + 61_000)).toMatchObject([{ full }]);
});

test('a host grows when it has more agents than ever, but for what it has not had for a minute', () => {
  const two = [anAgentOf(B, { agentId: 1 }), anAgentOf(B, { agentId: 2 })];
  const three = [...two, anAgentOf(B, { agentId: 3 })];
  const grown = look(three, look(two), NOW + 1);
  expect(grown).toMatchObject([{ most: { agents: 3, grewAt: NOW + 1 } }]);
  const fewer = look(two, grown, NOW + 2);
  expect(look(three, fewer, NOW + 60_001)).toMatchObject([{ most: { grewAt: NOW + 1 } }]);
  expect(look(three, look(two, fewer, NOW + 60_002), NOW + 60_003)).toMatchObject([{ most: { grewAt: NOW + 60_003 } }]);
});

test('what the agents of a host have told is known of it while it has none, and its placeholder tells it, too', () => {
  const told = { docker: '' };
  const before = otherHosts([], [anAgentOf(B, { capabilities: told })], [B], OWNER, NOW);
  expect(otherHosts(before, [], [B], OWNER, NOW + 1)).toMatchObject([{ agents: 0, told: [told] }]);
  const name = placeholderName(B, 'linux');
  const standing = (base?: string) => {
    const capabilities = placeholderCapabilities(name, {}, told, base);
    return otherHosts([], [aRegistration({ name, online: false, capabilities })], [B], OWNER, NOW);
  };
  expect(standing('base-1')).toMatchObject([{ told: [{ docker: '' }] }]);
  expect(standing()).toMatchObject([{ told: [] }]);
});
