import { expect, test } from 'vitest';
import { aBase, anAgent, aPool, aRegistration, known, nameOf } from '../../test/simulation/examples.js';
import type { AgentPhase } from '../model/agent.js';
import { offersOf } from './offers.js';

const pool = aPool();
const bases = {
  bases: known([aBase('base-1', { agentVersion: '4.275.0' })]),
  wantedBases: new Map([['linux', known('base-1')]]),
};

function telling(n: number, capabilities: Readonly<Record<string, string>>, phase: AgentPhase = 'idle') {
  return anAgent(n, phase, {
    registration: known(aRegistration({ name: nameOf(n), capabilities })),
  });
}

test('a pool offers what its newest agent has told before it had a job, and nothing that is this agent alone', () => {
  const agents = [
    telling(0, { docker: '' }),
    telling(1, { docker: '', java: '17', 'agent.name': nameOf(1) }),
    telling(2, { 'agent.os': 'Linux' }, 'starting'),
    telling(3, { fpga: 'as its job says' }, 'busy'),
  ];
  expect(offersOf(new Map(), agents, [pool], bases).get('linux')).toEqual({
    shownBy: nameOf(1),
    capabilities: { docker: '', java: '17', 'agent.name': '' },
  });
});

test('one that has a job tells only where nothing hangs on it, and while none was seen before its job', () => {
  const busy = telling(3, { fpga: 'as its job says' }, 'busy');
  const scaling = aPool({ agentCount: 4, standby: 1 });
  expect(offersOf(new Map(), [busy], [scaling], bases).get('linux')?.shownBy).toBeUndefined();
  const shown = offersOf(new Map(), [busy], [pool], bases);
  expect(shown.get('linux')?.capabilities).toEqual({ fpga: 'as its job says' });
  const idle = telling(4, { docker: '' });
  expect(offersOf(shown, [busy, idle], [pool], bases).get('linux')?.capabilities).toEqual({ docker: '' });
});

test('a pool offers it still when that agent is gone', () => {
  const before = offersOf(new Map(), [telling(0, { docker: '' })], [pool], bases);
  expect(offersOf(before, [], [pool], bases).get('linux')?.capabilities).toEqual({ docker: '' });
});

test('a pool that has shown no agent offers what its agents are registered with', () => {
  expect(offersOf(new Map(), [], [pool], bases).get('linux')).toMatchObject({
    shownBy: undefined,
    capabilities: { 'agent.os': 'Linux', 'agent.version': '4.275.0' },
  });
});
