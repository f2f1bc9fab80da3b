import { expect, test } from 'vitest';
import { aBase, aLife, anAgent, aPool, aRegistration, known, nameOf } from '../../test/simulation/examples.js';
import { offersOf } from './offers.js';

const pool = aPool();
const bases = {
  bases: known([aBase('base-1', { agentVersion: '4.275.0' })]),
  wantedBases: new Map([['linux', known('base-1')]]),
};

function online(n: number, capabilities: Readonly<Record<string, string>>, seenOnline = true) {
  return anAgent(n, 'idle', {
    life: aLife({ seenOnline }),
    registration: known(aRegistration({ name: nameOf(n), capabilities })),
  });
}

test('a pool offers what its newest agent has told that was online, and nothing that is this agent alone', () => {
  const agents = [
    online(0, { docker: '' }),
    online(1, { docker: '', java: '17', 'agent.name': nameOf(1) }),
    online(2, { 'agent.os': 'Linux' }, false),
  ];
  expect(offersOf(new Map(), agents, [pool], bases).get('linux')).toEqual({
    shownBy: nameOf(1),
    capabilities: { docker: '', java: '17', 'agent.name': '' },
  });
});

test('a pool offers it still when that agent is gone', () => {
  const before = offersOf(new Map(), [online(0, { docker: '' })], [pool], bases);
  expect(offersOf(before, [], [pool], bases).get('linux')?.capabilities).toEqual({ docker: '' });
});

test('a pool that has shown no agent offers what its agents are registered with', () => {
  expect(offersOf(new Map(), [], [pool], bases).get('linux')).toMatchObject({
    shownBy: undefined,
    capabilities: { 'agent.os': 'Linux', 'agent.version': '4.275.0' },
  });
});
