import { expect, test } from 'vitest';
import { aRegistration, JOB, NOW, OWNER, OWNERS } from '../../test/simulation/examples.js';
import { agentName } from '../model/agent-name.js';
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
      full: undefined,
    },
    {
      owner: C,
      isThere: true,
      agents: 1,
      free: [{ name: list[7]?.name, online: false, since: NOW, capabilities: { docker: '' } }],
      full: undefined,
    },
  ]);
});

test('one without an agent now is there while it is remembered', () => {
  expect(otherHosts([], [], [OWNER, B], OWNER, NOW)).toEqual([
    { owner: B, isThere: true, agents: 0, free: [], full: undefined },
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
  const before = [{ owner: B, isThere: true, agents: 1, free: [], full }];
  expect(look([anAgentOf(B)], before, NOW + 599_999)).toMatchObject([{ full }]);
  expect(look([anAgentOf(B)], before, NOW + 600_000)).toMatchObject([{ full: undefined }]);
  expect(look([anAgentOf(B), anAgentOf(B, { agentId: 9 })], before, NOW + 1)).toMatchObject([{ full: undefined }]);
});
