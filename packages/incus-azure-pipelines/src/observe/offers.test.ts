import { expect, test } from 'vitest';
import { aBase, anAgent, aPool, aRegistration, known, nameOf, OWNER } from '../../test/simulation/examples.js';
import type { AgentPhase } from '../model/agent.js';
import { placeholderCapabilities, placeholderName } from '../model/placeholder.js';
import { azureKey } from '../model/pool.js';
import { offersOf } from './offers.js';

const pool = aPool();
const shown = {
  placeholders: new Map(),
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
  expect(offersOf(new Map(), agents, [pool], OWNER, shown).get('linux')).toEqual({
    shownBy: nameOf(1),
    base: 'base-1',
    capabilities: { docker: '', java: '17', 'agent.name': '' },
  });
});

test('one that has a job tells only where nothing hangs on it, and while none was seen before its job', () => {
  const busy = telling(3, { fpga: 'as its job says' }, 'busy');
  const scaling = aPool({ agentCount: 4, standby: 1 });
  expect(offersOf(new Map(), [busy], [scaling], OWNER, shown).get('linux')?.shownBy).toBeUndefined();
  const before = offersOf(new Map(), [busy], [pool], OWNER, shown);
  expect(before.get('linux')?.capabilities).toEqual({ fpga: 'as its job says' });
  const idle = telling(4, { docker: '' });
  expect(offersOf(before, [busy, idle], [pool], OWNER, shown).get('linux')?.capabilities).toEqual({ docker: '' });
});

test('a pool offers it still when that agent is gone', () => {
  const before = offersOf(new Map(), [telling(0, { docker: '' })], [pool], OWNER, shown);
  expect(offersOf(before, [], [pool], OWNER, shown).get('linux')?.capabilities).toEqual({ docker: '' });
});

test('an agent of a base that is there tells more than one of another, though its birth look older', () => {
  const other = telling(9, { docker: '', java: '17' });
  const ofGone = { ...other, instance: other.instance && { ...other.instance, base: 'base-of-another-release' } };
  const tried = { ...shown, wantedBases: new Map([['linux', known('base-2')]]) };
  const before = offersOf(new Map(), [ofGone], [pool], OWNER, tried);
  expect(before.get('linux')?.base).toBe('base-of-another-release');
  expect(offersOf(before, [telling(1, { docker: '' })], [pool], OWNER, tried).get('linux')).toMatchObject({
    shownBy: nameOf(1),
    base: 'base-1',
    capabilities: { docker: '' },
  });
});

test('a pool that has shown no agent offers what its agents are registered with', () => {
  expect(offersOf(new Map(), [], [pool], OWNER, shown).get('linux')).toMatchObject({
    shownBy: undefined,
    capabilities: { 'agent.os': 'Linux', 'agent.version': '4.275.0' },
  });
});

test('a daemon that has seen no agent yet goes by what the placeholder remembers, and no longer', () => {
  const name = placeholderName(OWNER, 'linux');
  const capabilities = placeholderCapabilities(name, pool, { docker: '' }, 'base-1');
  const placeholder = aRegistration({ name, online: false, capabilities });
  const kept = { ...shown, placeholders: new Map([[azureKey(pool.azure), known([placeholder])]]) };
  const offers = offersOf(new Map(), [], [pool], OWNER, kept);
  expect(offers.get('linux')).toEqual({
    shownBy: name,
    base: 'base-1',
    capabilities: { docker: '', 'agent.name': '', 'agent.version': '4.275.0' },
  });
  expect(offersOf(offers, [telling(0, { java: '' })], [pool], OWNER, kept).get('linux')?.capabilities).toEqual({
    java: '',
  });
});

test('what the configuration gives to agents is offered though none was made since', () => {
  const before = offersOf(new Map(), [telling(0, { docker: '', gpu: 'old' })], [pool], OWNER, shown);
  const given = aPool({ capabilities: { GPU: 'new', fpga: '' } });
  expect(offersOf(before, [], [given], OWNER, shown).get('linux')?.capabilities).toEqual({
    docker: '',
    gpu: 'new',
    fpga: '',
  });
});

test('a placeholder that somebody has changed while no daemon looked remembers nothing', () => {
  const name = placeholderName(OWNER, 'linux');
  const capabilities = { ...placeholderCapabilities(name, pool, { docker: '' }, 'base-1'), fpga: '' };
  const changed = aRegistration({ name, online: false, capabilities });
  const kept = { ...shown, placeholders: new Map([[azureKey(pool.azure), known([changed])]]) };
  expect(offersOf(new Map(), [], [pool], OWNER, kept).get('linux')?.shownBy).toBeUndefined();
});
